"""What a network is, and where one comes from."""

from actiscope.networks.analysis import Analysis
from actiscope.networks.catalogue import open_network
from actiscope.networks.network import Network
from actiscope.networks.predictions import Prediction
from actiscope.networks.preparation import Preparation
from actiscope.networks.squeezenet import squeezenet

__all__ = ["Analysis", "Network", "Prediction", "Preparation", "open_network", "squeezenet"]
