"""Random configurations: any that can be written down, whether or not Triton would take it."""

from types import NoneType
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from slipway.triton_repository.schema.message import Message, Scalar

M = TypeVar("M", bound=Message)

SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "int32": st.integers(-(2**31), 2**31 - 1),
    "int64": st.integers(-(2**63), 2**63 - 1),
    "uint32": st.integers(0, 2**32 - 1),
    "uint64": st.integers(0, 2**64 - 1),
    "float": st.floats(width=32, allow_nan=False),
    "double": st.floats(allow_nan=False),
}
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@st.composite
def any_message(draw: st.DrawFn, kind: type[M]) -> M:
    """Return a message of which each field has its default or any value; of a group at most one."""
    hints = get_type_hints(kind, include_extras=True)
    skipped = {name for group in kind.one_of.values() for name in group}
    chosen = {draw(st.sampled_from(group)) for group in kind.one_of.values() if draw(st.booleans())}
    names = [name for name in kind.model_fields if name not in skipped - chosen and draw(st.integers(0, 2)) == 0]
    return kind(**{name: draw(values(hints[name])) for name in {*names, *chosen}})


def values(hint: Any) -> st.SearchStrategy[Any]:
    if get_origin(hint) is Annotated:
        inner, *rest = get_args(hint)
        scalars = [item.name for item in rest if isinstance(item, Scalar)]
        return SCALARS[scalars[0]] if scalars else values(inner)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple:
        return st.lists(values(arguments[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(values(arguments[0]), values(arguments[1]), max_size=2)
    if arguments:
        return values(next(part for part in arguments if part is not NoneType))
    if hint in {str, bool}:
        return TEXT if hint is str else st.booleans()
    return any_message(hint)
