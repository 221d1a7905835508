import * as ecs from "ecs-release";

const network = new ecs.Network("shop", { cidr: "10.8.0.0/16", zone: "cn-hangzhou-b" });

const machine = {
    instanceType: "ecs.g7.large",
    image: "ubuntu_24_04_x64_20G_alibase_20260101.vhd",
    vswitchId: network.vswitchId,
    securityGroupIds: network.securityGroupIds,
};

const database = new ecs.InstanceGroup("db", {
    ...machine,
    count: 1,
    deletionProtection: true,
    dataDisks: [{ name: "data", category: "cloud_essd", sizeGib: 200, releaseWithInstance: false }],
});

const workers = new ecs.InstanceGroup("worker", {
    ...machine,
    count: 2,
    deletionProtection: false,
    release: { schedule: { after: "8h", zone: "Asia/Shanghai" } },
});

export const instances = { database: database.instanceIds, workers: workers.instanceIds };
