"""The EKS side: network, cluster, nodes and identities. Needs pulumi_aws."""
