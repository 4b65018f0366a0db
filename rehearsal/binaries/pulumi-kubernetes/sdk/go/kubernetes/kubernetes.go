// Package kubernetes has what the provider needs of its SDK to compile, without the component resources: their types
// take longer to compile than all else of the provider.
package kubernetes

import (
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// UntypedArgs are inputs of a resource without a schema.
type UntypedArgs map[string]any

// ElementType is that of the inputs once they are known.
func (UntypedArgs) ElementType() reflect.Type {
	return reflect.TypeFor[map[string]any]()
}

var _ pulumi.Input = UntypedArgs{}
