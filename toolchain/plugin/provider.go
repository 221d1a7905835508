package main

import (
	"github.com/aliyun/terraform-provider-alicloud/alicloud"
	"github.com/hashicorp/terraform-plugin-sdk/helper/schema"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shimv1 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v1"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// providerInfo describes the provider with the tokens of the released Python SDK.
func providerInfo() tfbridge.ProviderInfo {
	provider := tfbridge.ProviderInfo{
		P:           shimv1.NewProvider(alicloud.Provider().(*schema.Provider)),
		Name:        "alicloud",
		Version:     version,
		Config:      configuration(),
		Resources:   resources(),
		DataSources: dataSources(),
	}
	provider.SetAutonaming(255, "-")
	return provider
}

// configuration names the environment variables that stand in for keys of the stack's configuration.
func configuration() map[string]*tfbridge.SchemaInfo {
	return map[string]*tfbridge.SchemaInfo{
		"ecs_role_name": fromEnvironment("ALICLOUD_ECS_ROLE_NAME"),
		"region":        fromEnvironment("ALICLOUD_REGION"),
		"profile":       fromEnvironment("ALICLOUD_PROFILE"),
	}
}

func fromEnvironment(variable string) *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{Default: &tfbridge.DefaultInfo{EnvVars: []string{variable}}}
}

func resources() map[string]*tfbridge.ResourceInfo {
	single := true
	return map[string]*tfbridge.ResourceInfo{
		"alicloud_instance": {
			Tok: tokens.Type("alicloud:ecs/instance:Instance"),
			// The SDK declares one object here, where Terraform has a list.
			Fields: map[string]*tfbridge.SchemaInfo{"network_interfaces": {MaxItemsOne: &single}},
		},
		"alicloud_security_group":      {Tok: tokens.Type("alicloud:ecs/securityGroup:SecurityGroup")},
		"alicloud_security_group_rule": {Tok: tokens.Type("alicloud:ecs/securityGroupRule:SecurityGroupRule")},
		"alicloud_vpc":                 {Tok: tokens.Type("alicloud:vpc/network:Network")},
		"alicloud_vswitch":             {Tok: tokens.Type("alicloud:vpc/switch:Switch")},
	}
}

func dataSources() map[string]*tfbridge.DataSourceInfo {
	return map[string]*tfbridge.DataSourceInfo{
		"alicloud_caller_identity": {Tok: tokens.ModuleMember("alicloud:index/getCallerIdentity:getCallerIdentity")},
		"alicloud_images":          {Tok: tokens.ModuleMember("alicloud:ecs/getImages:getImages")},
		"alicloud_zones":           {Tok: tokens.ModuleMember("alicloud:index/getZones:getZones")},
	}
}
