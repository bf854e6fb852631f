"""Amazon Cognito behind our own pages."""
