"""`bin/bench`: what tenancy costs, as ratios of CPU against a floor measured in the same run."""
