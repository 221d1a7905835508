// Command pulumi-resource-alicloud serves the few Alibaba Cloud resources that ecs-release declares.
//
// The official plugin embeds the same Terraform provider and is preferred by the toolchain; this one is
// for machines that reach the Go module proxy and no download host.
package main

import "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"

// version is that of the official plugin, because the Python SDK asks the engine for exactly this one.
const version = "3.105.0"

// packageSchema is only read by the engine's schema commands, which nobody needs to run this program.
const packageSchema = `{"name": "alicloud", "version": "` + version + `"}`

func main() {
	tfbridge.Main("alicloud", version, providerInfo(), []byte(packageSchema))
}
