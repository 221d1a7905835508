// Orders an instance that is protected, and releases it: refused, then for good.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/utils"
	ecs "github.com/alibabacloud-go/ecs-20140526/v7/client"
	"github.com/alibabacloud-go/tea/tea"
	vpc "github.com/alibabacloud-go/vpc-20160428/v6/client"
)

const (
	endpoint = "127.0.0.1:8443"
	region   = "cn-hangzhou"
	zone     = "cn-hangzhou-b"
	image    = "ubuntu_24_04_x64_20G_alibase_20260101.vhd"
)

func main() {
	protocol := "HTTP"
	if len(os.Args) > 1 {
		protocol = os.Args[1]
	}
	config := &openapi.Config{
		Endpoint:        tea.String(endpoint),
		Protocol:        tea.String(protocol),
		RegionId:        tea.String(region),
		AccessKeyId:     tea.String("emulator"),
		AccessKeySecret: tea.String("emulator"),
	}
	networks, err := vpc.NewClient(config)
	check(err)
	servers, err := ecs.NewClient(config)
	check(err)

	vpcID, vSwitchID := network(networks)
	instance := order(servers, vpcID, vSwitchID)
	awaitStatus(servers, instance, "Running")

	release := new(ecs.DeleteInstanceRequest).SetInstanceId(instance).SetForce(true)
	_, err = servers.DeleteInstance(release)
	var refused *tea.SDKError
	if !errors.As(err, &refused) {
		log.Fatalf("a protected instance was not refused: %v", err)
	}
	fmt.Println("refused:", tea.StringValue(refused.Code))

	_, err = servers.ModifyInstanceAttribute(
		new(ecs.ModifyInstanceAttributeRequest).SetInstanceId(instance).SetDeletionProtection(false))
	check(err)
	_, err = servers.DeleteInstance(release)
	check(err)
	awaitStatus(servers, instance, "gone")
}

// network makes a VPC with one vSwitch, and returns their ids.
func network(client *vpc.Client) (vpcID, vSwitchID string) {
	made, err := client.CreateVpc(new(vpc.CreateVpcRequest).SetRegionId(region).SetCidrBlock("10.0.0.0/16"))
	check(err)
	vpcID = tea.StringValue(made.Body.VpcId)
	vSwitch, err := client.CreateVSwitch(new(vpc.CreateVSwitchRequest).
		SetRegionId(region).SetVpcId(vpcID).SetZoneId(zone).SetCidrBlock("10.0.0.0/24"))
	check(err)
	return vpcID, tea.StringValue(vSwitch.Body.VSwitchId)
}

// order makes a security group, and in it one instance with deletion protection.
func order(client *ecs.Client, vpcID, vSwitchID string) string {
	group, err := client.CreateSecurityGroup(
		new(ecs.CreateSecurityGroupRequest).SetRegionId(region).SetVpcId(vpcID))
	check(err)
	made, err := client.RunInstances(new(ecs.RunInstancesRequest).
		SetRegionId(region).SetImageId(image).SetInstanceType("ecs.g7.large").SetVSwitchId(vSwitchID).
		SetSecurityGroupId(tea.StringValue(group.Body.SecurityGroupId)).SetDeletionProtection(true))
	check(err)
	return tea.StringValue(made.Body.InstanceIdSets.InstanceIdSet[0])
}

// awaitStatus looks once a second, until the instance has the status; "gone" is that of one that is not found.
func awaitStatus(client *ecs.Client, instance, wanted string) {
	look := new(ecs.DescribeInstancesRequest).
		SetRegionId(region).SetInstanceIds(fmt.Sprintf("[%q]", instance))
	for range 60 {
		found, err := client.DescribeInstances(look)
		check(err)
		status := "gone"
		for _, row := range found.Body.Instances.Instance {
			status = tea.StringValue(row.Status)
		}
		fmt.Println(instance, "is", status)
		if status == wanted {
			return
		}
		time.Sleep(time.Second)
	}
	log.Fatalf("%s is not %s after a minute", instance, wanted)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
