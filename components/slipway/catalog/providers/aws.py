"""Of AWS: the inputs that its Terraform provider marks `ForceNew` or with a plan modifier `RequiresReplace`.

Source: https://github.com/hashicorp/terraform-provider-aws/tree/main/internal/service, the file of each resource. Of
version 6 each resource has a region, too, whose change replaces it; it is left out, for no stack states one.
"""

from collections.abc import Mapping, Sequence

REPLACING: Mapping[str, Sequence[str]] = {
    "aws:cloudwatch/eventRule:EventRule": ("eventBusName", "name", "namePrefix"),
    "aws:cloudwatch/eventTarget:EventTarget": ("eventBusName", "rule", "targetId"),
    "aws:cloudwatch/logGroup:LogGroup": ("logGroupClass", "name", "namePrefix"),
    "aws:ec2/eip:Eip": ("domain", "networkBorderGroup", "publicIpv4Pool"),
    "aws:ec2/internetGateway:InternetGateway": (),
    "aws:ec2/launchTemplate:LaunchTemplate": ("name", "namePrefix"),
    "aws:ec2/natGateway:NatGateway": (
        *("allocationId", "connectivityType", "privateIp", "secondaryPrivateIpAddressCount", "subnetId", "vpcId"),
    ),
    "aws:ec2/placementGroup:PlacementGroup": ("name", "partitionCount", "spreadLevel", "strategy"),
    "aws:ec2/routeTable:RouteTable": ("vpcId",),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": ("gatewayId", "subnetId"),
    "aws:ec2/securityGroup:SecurityGroup": ("description", "name", "namePrefix", "vpcId"),
    "aws:ec2/subnet:Subnet": ("availabilityZone", "availabilityZoneId", "cidrBlock", "ipv6Native", "vpcId"),
    "aws:ec2/tag:Tag": ("key", "resourceId"),
    "aws:ec2/vpc:Vpc": ("cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("serviceName", "serviceRegion", "vpcEndpointType", "vpcId"),
    "aws:efs/accessPoint:AccessPoint": (
        *("fileSystemId", "posixUser", "posixUser.gid", "posixUser.secondaryGids", "posixUser.uid", "rootDirectory"),
        *("rootDirectory.creationInfo", "rootDirectory.creationInfo.*", "rootDirectory.path"),
    ),
    "aws:efs/fileSystem:FileSystem": (
        *("availabilityZoneName", "creationToken", "encrypted", "kmsKeyId", "performanceMode"),
    ),
    "aws:efs/fileSystemPolicy:FileSystemPolicy": ("fileSystemId",),
    "aws:efs/mountTarget:MountTarget": ("fileSystemId", "ipAddress", "ipAddressType", "ipv6Address", "subnetId"),
    "aws:eks/accessEntry:AccessEntry": ("clusterName", "principalArn", "type"),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": (
        *("accessScope", "accessScope.*", "clusterName", "policyArn", "principalArn"),
    ),
    "aws:eks/addon:Addon": ("addonName", "clusterName"),
    "aws:eks/cluster:Cluster": (
        *("accessConfig.bootstrapClusterCreatorAdminPermissions", "bootstrapSelfManagedAddons", "encryptionConfig"),
        *("kubernetesNetworkConfig.ipFamily", "kubernetesNetworkConfig.serviceIpv4Cidr", "name", "roleArn"),
    ),
    "aws:eks/nodeGroup:NodeGroup": (
        *("amiType", "capacityType", "clusterName", "diskSize", "instanceTypes", "launchTemplate.id"),
        *("launchTemplate.name", "nodeGroupName", "nodeGroupNamePrefix", "nodeRoleArn", "remoteAccess"),
        *("remoteAccess.*", "subnetIds"),
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": ("clusterName", "namespace", "serviceAccount"),
    "aws:iam/instanceProfile:InstanceProfile": ("name", "namePrefix", "path"),
    "aws:iam/role:Role": ("name", "namePrefix", "path"),
    "aws:iam/rolePolicy:RolePolicy": ("name", "namePrefix", "role"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ("policyArn", "role"),
    "aws:kms/key:Key": ("customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"),
    "aws:sqs/queue:Queue": ("fifoQueue", "name", "namePrefix"),
    "aws:sqs/queuePolicy:QueuePolicy": ("queueUrl",),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ("securityGroupId",),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ("securityGroupId",),
}
