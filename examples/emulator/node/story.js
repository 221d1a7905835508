const { readFileSync } = require("node:fs");
const { setTimeout: sleep } = require("node:timers/promises");
const ecs = require("@alicloud/ecs20140526");
const vpc = require("@alicloud/vpc20160428");
const { $OpenApiUtil } = require("@alicloud/openapi-core");

const regionId = "cn-hangzhou";
const protocol = process.argv[2];
const config = new $OpenApiUtil.Config({
  accessKeyId: "emulator",
  accessKeySecret: "emulator",
  regionId,
  endpoint: "127.0.0.1:8443",
  protocol,
  ca: protocol === "https" ? readFileSync("ca.pem", "utf8") : undefined,
});
const networks = new vpc.default(config);
const machines = new ecs.default(config);

async function launch() {
  const { vpcId } = (await networks.createVpc(new vpc.CreateVpcRequest({ regionId, cidrBlock: "10.0.0.0/16" }))).body;
  const place = new vpc.CreateVSwitchRequest({ regionId, vpcId, cidrBlock: "10.0.0.0/20", zoneId: "cn-hangzhou-b" });
  const { vSwitchId } = (await networks.createVSwitch(place)).body;
  const guard = new ecs.CreateSecurityGroupRequest({ regionId, vpcId });
  const { securityGroupId } = (await machines.createSecurityGroup(guard)).body;
  const order = new ecs.RunInstancesRequest({
    regionId,
    vSwitchId,
    securityGroupId,
    imageId: "ubuntu_24_04_x64_20G_alibase_20260101.vhd",
    instanceType: "ecs.g7.large",
    deletionProtection: true,
  });
  return (await machines.runInstances(order)).body.instanceIdSets.instanceIdSet[0];
}

async function status(id) {
  const asked = new ecs.DescribeInstancesRequest({ regionId, instanceIds: JSON.stringify([id]) });
  return (await machines.describeInstances(asked)).body.instances.instance[0]?.status ?? "gone";
}

async function reach(id, wanted) {
  for (let tries = 0; tries < 30; tries += 1) {
    if ((await status(id)) === wanted) return console.log(`${id} is ${wanted}`);
    await sleep(1100);
  }
  throw new Error(`${id} is not ${wanted} after half a minute`);
}

async function story() {
  const id = await launch();
  await reach(id, "Running");
  const release = new ecs.DeleteInstanceRequest({ instanceId: id, force: true });
  const refusal = await machines.deleteInstance(release).catch((error) => error);
  console.log(`refused: ${refusal.statusCode} ${refusal.code}`);
  const lifting = new ecs.ModifyInstanceAttributeRequest({ instanceId: id, deletionProtection: false });
  await machines.modifyInstanceAttribute(lifting);
  await machines.deleteInstance(release);
  await reach(id, "gone");
}

story();
