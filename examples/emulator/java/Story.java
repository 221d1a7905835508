import com.aliyun.ecs20140526.models.CreateSecurityGroupRequest;
import com.aliyun.ecs20140526.models.DeleteInstanceRequest;
import com.aliyun.ecs20140526.models.DescribeInstancesRequest;
import com.aliyun.ecs20140526.models.ModifyInstanceAttributeRequest;
import com.aliyun.ecs20140526.models.RunInstancesRequest;
import com.aliyun.tea.TeaException;
import com.aliyun.teaopenapi.models.Config;
import com.aliyun.vpc20160428.models.CreateVSwitchRequest;
import com.aliyun.vpc20160428.models.CreateVpcRequest;
import java.nio.file.Files;
import java.nio.file.Path;

public class Story {
    private static final String REGION = "cn-hangzhou";

    private final com.aliyun.vpc20160428.Client networks;
    private final com.aliyun.ecs20140526.Client machines;

    private Story(Config config) throws Exception {
        networks = new com.aliyun.vpc20160428.Client(config);
        machines = new com.aliyun.ecs20140526.Client(config);
    }

    public static void main(String[] arguments) throws Exception {
        Config config = new Config()
            .setAccessKeyId("emulator")
            .setAccessKeySecret("emulator")
            .setRegionId(REGION)
            .setEndpoint("127.0.0.1:8443")
            .setProtocol(arguments[0]);
        if (arguments[0].equals("https")) {
            config.setCa(Files.readString(Path.of("ca.pem")));
        }
        new Story(config).tell();
    }

    private void tell() throws Exception {
        String id = launch();
        reach(id, "Running");
        DeleteInstanceRequest release = new DeleteInstanceRequest().setInstanceId(id).setForce(true);
        try {
            machines.deleteInstance(release);
        } catch (TeaException refusal) {
            System.out.println("refused: " + refusal.getStatusCode() + " " + refusal.getCode());
        }
        machines.modifyInstanceAttribute(
            new ModifyInstanceAttributeRequest().setInstanceId(id).setDeletionProtection(false));
        machines.deleteInstance(release);
        reach(id, "gone");
    }

    private String launch() throws Exception {
        String network = networks.createVpc(
            new CreateVpcRequest().setRegionId(REGION).setCidrBlock("10.0.0.0/16")).body.vpcId;
        String subnet = networks.createVSwitch(new CreateVSwitchRequest()
            .setRegionId(REGION)
            .setVpcId(network)
            .setCidrBlock("10.0.0.0/20")
            .setZoneId("cn-hangzhou-b")).body.vSwitchId;
        String guard = machines.createSecurityGroup(
            new CreateSecurityGroupRequest().setRegionId(REGION).setVpcId(network)).body.securityGroupId;
        return machines.runInstances(new RunInstancesRequest()
            .setRegionId(REGION)
            .setVSwitchId(subnet)
            .setSecurityGroupId(guard)
            .setImageId("ubuntu_24_04_x64_20G_alibase_20260101.vhd")
            .setInstanceType("ecs.g7.large")
            .setDeletionProtection(true)).body.instanceIdSets.instanceIdSet.get(0);
    }

    private String status(String id) throws Exception {
        DescribeInstancesRequest asked =
            new DescribeInstancesRequest().setRegionId(REGION).setInstanceIds("[\"" + id + "\"]");
        var found = machines.describeInstances(asked).body.instances.instance;
        return found.isEmpty() ? "gone" : found.get(0).status;
    }

    private void reach(String id, String wanted) throws Exception {
        for (int tries = 0; tries < 30; tries++) {
            if (status(id).equals(wanted)) {
                System.out.println(id + " is " + wanted);
                return;
            }
            Thread.sleep(1100);
        }
        throw new IllegalStateException(id + " is not " + wanted + " after half a minute");
    }
}
