"""Of Google Cloud: the inputs that its Terraform provider marks `ForceNew`.

Source: https://github.com/hashicorp/terraform-provider-google-beta/tree/main/google-beta/services, the file of each
resource, August 2026. The blocks of a cluster's own node pools are left out, for no stack states any.
"""

from collections.abc import Mapping, Sequence

REPLACING: Mapping[str, Sequence[str]] = {
    "gcp:artifactregistry/repository:Repository": (
        *("format", "kmsKeyName", "location", "mavenConfig.allowSnapshotOverwrites"),
        *("mavenConfig.versionPolicy", "mode", "project", "remoteRepositoryConfig"),
        *("remoteRepositoryConfig.aptRepository", "remoteRepositoryConfig.aptRepository.*"),
        *("remoteRepositoryConfig.commonRepository", "remoteRepositoryConfig.commonRepository.*"),
        *("remoteRepositoryConfig.description", "remoteRepositoryConfig.dockerRepository"),
        *("remoteRepositoryConfig.dockerRepository.*", "remoteRepositoryConfig.mavenRepository"),
        *("remoteRepositoryConfig.mavenRepository.*", "remoteRepositoryConfig.noCache"),
        *("remoteRepositoryConfig.npmRepository", "remoteRepositoryConfig.npmRepository.*"),
        *("remoteRepositoryConfig.pythonRepository", "remoteRepositoryConfig.pythonRepository.*"),
        *("remoteRepositoryConfig.yumRepository", "remoteRepositoryConfig.yumRepository.*", "repositoryId"),
    ),
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": (
        *("condition", "condition.*", "location", "member", "project", "repository", "role"),
    ),
    "gcp:compute/address:Address": (
        *("address", "addressType", "description", "ipCollection", "ipVersion", "ipv6EndpointType", "name"),
        *("network", "networkTier", "prefixLength", "project", "purpose", "region", "subnetwork"),
    ),
    "gcp:compute/firewall:Firewall": ("direction", "name", "params", "params.*", "project"),
    "gcp:compute/globalAddress:GlobalAddress": (
        *("address", "addressType", "description", "ipVersion", "name", "network", "prefixLength", "project"),
        *("purpose",),
    ),
    "gcp:compute/network:Network": (
        *("autoCreateSubnetworks", "description", "internalIpv6Range", "name", "networkProfile", "params"),
        *("params.*", "project"),
    ),
    "gcp:compute/router:Router": (
        *("encryptedInterconnectRouter", "name", "nccGateway", "network", "params", "project", "region"),
    ),
    "gcp:compute/routerNat:RouterNat": (
        *("endpointTypes", "initialNatIps", "name", "project", "region", "router", "type"),
    ),
    "gcp:compute/subnetwork:Subnetwork": (
        *("description", "externalIpv6Prefix", "internalIpv6Prefix", "name", "network", "params", "params.*"),
        *("project", "region", "reservedInternalRange", "resolveSubnetMask"),
    ),
    "gcp:container/cluster:Cluster": (
        *("clusterAutoscaling.autoProvisioningDefaults.bootDiskKmsKey", "clusterIpv4Cidr", "confidentialNodes"),
        *("confidentialNodes.*", "datapathProvider", "dataplaneOptimizationMode", "defaultMaxPodsPerNode"),
        *("description", "enableAutopilot", "enableKubernetesAlpha", "enableTpu", "initialNodeCount"),
        *("ipAllocationPolicy", "ipAllocationPolicy.clusterIpv4CidrBlock"),
        *("ipAllocationPolicy.clusterSecondaryRangeName", "ipAllocationPolicy.podCidrOverprovisionConfig"),
        *("ipAllocationPolicy.servicesIpv4CidrBlock", "ipAllocationPolicy.servicesSecondaryRangeName"),
        *("location", "masterAuth.clientCertificateConfig", "masterAuth.clientCertificateConfig.*", "name"),
        *("network", "networkingMode", "privateClusterConfig.masterIpv4CidrBlock"),
        *("privateClusterConfig.privateEndpointSubnetwork", "project", "subnetwork", "tpuConfig.enabled"),
        *("tpuConfig.useServiceNetworking", "userManagedKeysConfig.aggregationCa"),
        *("userManagedKeysConfig.clusterCa", "userManagedKeysConfig.etcdApiCa"),
        *("userManagedKeysConfig.etcdPeerCa",),
    ),
    "gcp:container/nodePool:NodePool": (
        *("cluster", "initialNodeCount", "location", "maxPodsPerNode", "name", "namePrefix"),
        *("networkConfig.acceleratorNetworkProfile", "networkConfig.additionalNodeNetworkConfigs"),
        *("networkConfig.additionalNodeNetworkConfigs.network",),
        *("networkConfig.additionalNodeNetworkConfigs.subnetwork", "networkConfig.additionalPodNetworkConfigs"),
        *("networkConfig.additionalPodNetworkConfigs.*", "networkConfig.createPodRange"),
        *("networkConfig.podCidrOverprovisionConfig", "networkConfig.podIpv4CidrBlock"),
        *("networkConfig.podRange", "networkConfig.subnetwork", "nodeConfig"),
        *("nodeConfig.advancedMachineFeatures",),
        *("nodeConfig.advancedMachineFeatures.enableNestedVirtualization",),
        *("nodeConfig.advancedMachineFeatures.threadsPerCore", "nodeConfig.bootDiskKmsKey"),
        *("nodeConfig.confidentialNodes.confidentialInstanceType", "nodeConfig.enableConfidentialStorage"),
        *("nodeConfig.ephemeralStorageConfig", "nodeConfig.ephemeralStorageConfig.*"),
        *("nodeConfig.ephemeralStorageLocalSsdConfig", "nodeConfig.ephemeralStorageLocalSsdConfig.*"),
        *("nodeConfig.flexStart", "nodeConfig.guestAccelerators", "nodeConfig.guestAccelerators.*"),
        *("nodeConfig.hostMaintenancePolicy", "nodeConfig.hostMaintenancePolicy.*"),
        *("nodeConfig.localNvmeSsdBlockConfig", "nodeConfig.localNvmeSsdBlockConfig.*"),
        *("nodeConfig.localSsdCount", "nodeConfig.localSsdEncryptionMode", "nodeConfig.maxRunDuration"),
        *("nodeConfig.metadata", "nodeConfig.metadata.*", "nodeConfig.minCpuPlatform", "nodeConfig.nodeGroup"),
        *("nodeConfig.oauthScopes", "nodeConfig.preemptible", "nodeConfig.reservationAffinity"),
        *("nodeConfig.reservationAffinity.*", "nodeConfig.sandboxConfig", "nodeConfig.secondaryBootDisks"),
        *("nodeConfig.secondaryBootDisks.*", "nodeConfig.serviceAccount", "nodeConfig.shieldedInstanceConfig"),
        *("nodeConfig.shieldedInstanceConfig.*", "nodeConfig.soleTenantConfig"),
        *("nodeConfig.soleTenantConfig.nodeAffinities", "nodeConfig.soleTenantConfig.nodeAffinities.*"),
        *("nodeConfig.spot", "placementPolicy", "placementPolicy.policyName", "project", "queuedProvisioning"),
        *("queuedProvisioning.*",),
    ),
    "gcp:kms/cryptoKey:CryptoKey": (
        *("cryptoKeyBackend", "destroyScheduledDuration", "importOnly", "keyRing", "name", "purpose"),
        *("versionTemplate.protectionLevel",),
    ),
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": ("condition", "condition.*", "cryptoKeyId", "member", "role"),
    "gcp:kms/keyRing:KeyRing": ("location", "name", "project"),
    "gcp:monitoring/alertPolicy:AlertPolicy": ("project",),
    "gcp:monitoring/dashboard:Dashboard": ("project",),
    "gcp:projects/iAMMember:IAMMember": ("condition", "condition.*", "member", "project", "role"),
    "gcp:projects/service:Service": ("project", "service"),
    "gcp:secretmanager/secretIamMember:SecretIamMember": (
        *("condition", "condition.*", "member", "project", "role", "secretId"),
    ),
    "gcp:serviceaccount/account:Account": ("accountId", "project"),
    "gcp:storage/bucket:Bucket": (
        *("customPlacementConfig.dataLocations", "enableObjectRetention", "hierarchicalNamespace"),
        *("hierarchicalNamespace.*", "location", "name", "project"),
    ),
    "gcp:storage/bucketIAMMember:BucketIAMMember": ("bucket", "condition", "condition.*", "member", "role"),
}
