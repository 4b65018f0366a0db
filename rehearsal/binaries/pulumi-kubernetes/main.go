// The genuine Kubernetes provider. Its own main embeds files that its module leaves out, so this one reads the schema
// that lies beside the binary.
package main

import (
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/cmdutil"
)

func main() {
	own, err := os.Executable()
	if err != nil {
		cmdutil.ExitError(err.Error())
	}
	schema, err := os.ReadFile(filepath.Join(filepath.Dir(own), "pulumi-resource-kubernetes", "schema.json"))
	if err != nil {
		cmdutil.ExitError(err.Error())
	}
	provider.Serve("kubernetes", version.Version, schema, nil)
}
