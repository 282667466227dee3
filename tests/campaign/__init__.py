"""The campaign: random hostile or unlucky projects through the whole way, judged by what is known of them beforehand.

Each case follows from its seed: `make campaign SEED=<seed>` plays one again. Nothing here imports `gate`: what is
right is known from how a project was composed, not from the code under test.
"""
