"""The desk: the web half of Vielfalt. It sees releases only: protected figures, areas, indices, definitions.

No model here can hold a resident. ``gateway`` is the only door to the vault's code.
"""
