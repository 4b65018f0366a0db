"""A server that answers like `trtllm-serve` or Triton, for tests of the benchmark.

It is started with its port, the seconds of an answer and the accepted tokens: of ten drafted ones so many are
accepted, and with 0 nothing is drafted.
"""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from typing_extensions import override

PORT, SECONDS, ACCEPTED = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
DRAFTED = 10 if ACCEPTED else 0
WORDS = 20


class Double(BaseHTTPRequestHandler):
    answers = 0

    def do_GET(self) -> None:
        if self.path == "/prometheus/metrics":
            self.count(
                ('trtllm_spec_decode_accepted_tokens_total{model_name="m",engine_type="e"}', ACCEPTED),
                ('trtllm_spec_decode_drafted_tokens_total{model_name="m",engine_type="e"}', DRAFTED),
                ('trtllm_request_success_total{model_name="m"}', 1),
            )
        elif self.path == "/metrics":
            steps = WORDS // (ACCEPTED + 1)
            self.count(
                ('nv_inference_request_success{model="tensorrt_llm",version="1"}', steps),
                ('nv_inference_request_success{model="tensorrt_llm_draft",version="1"}', steps if DRAFTED else 0),
                ('nv_inference_request_success{model="tensorrt_llm_bls",version="1"}', 1),
            )
        else:
            self.answer(b"")

    def do_POST(self) -> None:
        request: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        time.sleep(SECONDS)
        Double.answers += 1
        if self.path == "/v1/completions":
            answer: dict[str, Any] = {"usage": {"completion_tokens": request["max_tokens"]}}
        else:
            # The model in NVIDIA's container fails where a request with drafts does not say whether it streams.
            prompt = request["text_input"] if request.get("num_draft_tokens") and request["stream"] is False else ""
            answer = {"text_output": f"{prompt}{' word' * WORDS}"}
        self.answer(json.dumps(answer).encode())

    def count(self, *counters: tuple[str, int]) -> None:
        """Answer with counters that grow by so much with each answer."""
        self.answer("\n".join(f"{name} {each * Double.answers}.0" for name, each in counters).encode())

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


ThreadingHTTPServer(("127.0.0.1", PORT), Double).serve_forever()
