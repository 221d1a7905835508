// pulumi-language-yaml: Pulumi's own host for programs in YAML, with the one call that its last released
// module lacks and today's CLI makes after `pulumi package add`.
package main

import (
	"context"
	"os"
	"strings"

	"github.com/pulumi/pulumi-yaml/pkg/server"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

type host struct {
	pulumirpc.LanguageRuntimeServer
}

// Link has nothing to write down: Pulumi.yaml names the package, and a program in YAML imports nothing.
func (host) Link(_ context.Context, request *pulumirpc.LinkRequest) (*pulumirpc.LinkResponse, error) {
	names := make([]string, 0, len(request.Packages))
	for _, each := range request.Packages {
		names = append(names, each.Package.Name)
	}
	words := "Resources of " + strings.Join(names, ", ") + " can be declared in Pulumi.yaml now."
	return &pulumirpc.LinkResponse{ImportInstructions: words}, nil
}

func main() {
	engine := os.Args[len(os.Args)-1]
	// Schemas come from the CLI, which knows where the project's packages are.
	fail(serve(engine, host{server.NewLanguageHost(engine, "", true)}))
}
