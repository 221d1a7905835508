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
		"alicloud_actiontrail_trail":          named("actiontrail/trail:Trail"),
		"alicloud_ecs_auto_snapshot_policy":   named("ecs/autoSnapshotPolicy:AutoSnapshotPolicy"),
		"alicloud_ecs_disk":                   named("ecs/ecsDisk:EcsDisk"),
		"alicloud_ecs_disk_attachment":        named("ecs/ecsDiskAttachment:EcsDiskAttachment"),
		"alicloud_ecs_instance_set":           named("ecs/ecsInstanceSet:EcsInstanceSet"),
		"alicloud_ecs_key_pair":               named("ecs/ecsKeyPair:EcsKeyPair"),
		"alicloud_ecs_network_interface":      named("ecs/ecsNetworkInterface:EcsNetworkInterface"),
		"alicloud_ecs_snapshot":               named("ecs/ecsSnapshot:EcsSnapshot"),
		"alicloud_eip_address":                named("ecs/eipAddress:EipAddress"),
		"alicloud_eip_association":            named("ecs/eipAssociation:EipAssociation"),
		"alicloud_event_bridge_event_bus":     named("eventbridge/eventBus:EventBus"),
		"alicloud_event_bridge_rule":          named("eventbridge/rule:Rule"),
		"alicloud_ram_policy":                 named("ram/policy:Policy"),
		"alicloud_ram_role":                   named("ram/role:Role"),
		"alicloud_ram_role_policy_attachment": named("ram/rolePolicyAttachment:RolePolicyAttachment"),
		"alicloud_security_group":             named("ecs/securityGroup:SecurityGroup"),
		"alicloud_security_group_rule":        named("ecs/securityGroupRule:SecurityGroupRule"),
		"alicloud_vpc":                        named("vpc/network:Network"),
		"alicloud_vswitch":                    named("vpc/switch:Switch"),
	}
}

func named(member string) *tfbridge.ResourceInfo {
	return &tfbridge.ResourceInfo{Tok: tokens.Type("alicloud:" + member)}
}

func dataSources() map[string]*tfbridge.DataSourceInfo {
	return map[string]*tfbridge.DataSourceInfo{
		"alicloud_account":                          source("index/getAccount:getAccount"),
		"alicloud_caller_identity":                  source("index/getCallerIdentity:getCallerIdentity"),
		"alicloud_images":                           source("ecs/getImages:getImages"),
		"alicloud_instance_types":                   source("ecs/getInstanceTypes:getInstanceTypes"),
		"alicloud_regions":                          source("index/getRegions:getRegions"),
		"alicloud_resource_manager_resource_groups": source("resourcemanager/getResourceGroups:getResourceGroups"),
		"alicloud_vpcs":                             source("vpc/getNetworks:getNetworks"),
		"alicloud_vswitches":                        source("vpc/getSwitches:getSwitches"),
		"alicloud_zones":                            source("index/getZones:getZones"),
	}
}

func source(member string) *tfbridge.DataSourceInfo {
	return &tfbridge.DataSourceInfo{Tok: tokens.ModuleMember("alicloud:" + member)}
}
