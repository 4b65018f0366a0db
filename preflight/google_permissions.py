"""What a deployer may do on Google Cloud for each type of resource that a stack makes, and the role that has it.

Source: the permission that each method asks for, in the reference of IAM roles and permissions.
"""

from collections.abc import Mapping

Row = tuple[str, str]

_NETWORK, _SECURITY = "roles/compute.networkAdmin", "roles/compute.securityAdmin"
_CONTAINER, _KMS, _STORAGE = "roles/container.admin", "roles/cloudkms.admin", "roles/storage.admin"
_ARTIFACTS = "roles/artifactregistry.admin"

PERMISSIONS: Mapping[str, tuple[Row, ...]] = {
    "gcp:artifactregistry/repository:Repository": (("artifactregistry.repositories.create", _ARTIFACTS),),
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": (
        ("artifactregistry.repositories.setIamPolicy", _ARTIFACTS),
    ),
    "gcp:compute/firewall:Firewall": (("compute.firewalls.create", _SECURITY),),
    "gcp:compute/network:Network": (("compute.networks.create", _NETWORK),),
    "gcp:compute/resourcePolicy:ResourcePolicy": (("compute.resourcePolicies.create", "roles/compute.admin"),),
    "gcp:compute/router:Router": (("compute.routers.create", _NETWORK),),
    "gcp:compute/routerNat:RouterNat": (("compute.routers.update", _NETWORK),),
    "gcp:compute/subnetwork:Subnetwork": (("compute.subnetworks.create", _NETWORK),),
    "gcp:container/cluster:Cluster": (
        ("container.clusters.create", _CONTAINER),
        ("iam.serviceAccounts.actAs", "roles/iam.serviceAccountUser"),
    ),
    "gcp:container/nodePool:NodePool": (("container.clusters.update", _CONTAINER),),
    "gcp:kms/cryptoKey:CryptoKey": (("cloudkms.cryptoKeys.create", _KMS),),
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": (("cloudkms.cryptoKeys.setIamPolicy", _KMS),),
    "gcp:kms/keyRing:KeyRing": (("cloudkms.keyRings.create", _KMS),),
    "gcp:monitoring/alertPolicy:AlertPolicy": (
        ("monitoring.alertPolicies.create", "roles/monitoring.alertPolicyEditor"),
    ),
    "gcp:monitoring/dashboard:Dashboard": (("monitoring.dashboards.create", "roles/monitoring.dashboardEditor"),),
    "gcp:projects/iAMMember:IAMMember": (
        ("resourcemanager.projects.setIamPolicy", "roles/resourcemanager.projectIamAdmin"),
    ),
    "gcp:projects/service:Service": (("serviceusage.services.enable", "roles/serviceusage.serviceUsageAdmin"),),
    "gcp:secretmanager/secretIamMember:SecretIamMember": (
        ("secretmanager.secrets.setIamPolicy", "roles/secretmanager.admin"),
    ),
    "gcp:serviceaccount/account:Account": (("iam.serviceAccounts.create", "roles/iam.serviceAccountAdmin"),),
    "gcp:storage/bucket:Bucket": (("storage.buckets.create", _STORAGE),),
    "gcp:storage/bucketIAMMember:BucketIAMMember": (("storage.buckets.setIamPolicy", _STORAGE),),
}
"""By type token: permissions on the project, each with a role that holds it."""
