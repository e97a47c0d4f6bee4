import * as cdk from 'aws-cdk-lib';
import * as path from 'path';

interface TransformedStackProps extends cdk.StackProps {
    readonly appName: string;
    readonly envName: string;
}

export class TransformedStack extends cdk.Stack {
    public readonly template: cdk.cloudformation_include.CfnInclude;

    constructor(scope: cdk.App, id: string, props: TransformedStackProps) {
        super(scope, id, props);
        this.template = new cdk.cloudformation_include.CfnInclude(this, 'Template', {
            templateFile: path.join('.build', 'in.yml'),
        });
        const service = this.template.getResource("Service") as cdk.aws_ecs.CfnService;
        service.healthCheckGracePeriodSeconds = undefined;
        const queue = this.template.getResource("EventsQueue") as cdk.aws_sqs.CfnQueue;
        queue.receiveMessageWaitTimeSeconds = 20;
    }
}
