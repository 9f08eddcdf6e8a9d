"""Steps between drug and synapse that can be blocked, each a share that works."""
