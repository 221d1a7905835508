"""Pulumi's side: five dynamic resources, thin. Imports runner, gateway and domain.

The import path of every provider class is a contract: the state refers to it by name.
"""
