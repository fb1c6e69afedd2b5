"""`sam deploy` with the project's own defaults, into the cloud that `make run` embeds."""

from local.launch import launch
from tests.packaging.sam_cli import copy_project, sam, sam_cli


def test_sam_deploy_makes_the_stack_from_what_sam_build_left(tmp_path):
    sam_cli()
    project = copy_project(tmp_path)
    sam("build", project=project)
    with launch() as stack:
        credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        output = sam(
            "deploy",
            "--no-confirm-changeset",
            *("--stack-name", "deployed-by-sam"),
            project=project,
            AWS_DEFAULT_REGION=stack.region,
            AWS_ENDPOINT_URL=stack.endpoint_url,
            **credentials,
        )
        (made,) = stack.client("cloudformation").describe_stacks(StackName="deployed-by-sam")["Stacks"]

    assert "Successfully created/updated stack - deployed-by-sam" in output
    assert "CREATE_COMPLETE" == made["StackStatus"]
    assert {"ApiUrl", "LogGroupName", "TableName", "UserPoolId", "UserPoolClientId"} <= {
        entry["OutputKey"] for entry in made["Outputs"]
    }
    assert [{"Key": "application", "Value": "event-management"}] == made["Tags"]
