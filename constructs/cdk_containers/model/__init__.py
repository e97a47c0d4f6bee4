"""What is true without AWS CDK: what runs, what it runs on, and how it is placed and replaced."""
