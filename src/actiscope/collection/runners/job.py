"""What another process, here or on another machine, is told to open and to do."""

import socket
from dataclasses import dataclass

from actiscope import __version__
from actiscope.collection.runners.reducing import Reducer
from actiscope.collection.settings import Settings
from actiscope.errors import ActiscopeError, NetworkError
from actiscope.networks import Network
from actiscope.networks.catalogue import reopen_network
from actiscope.networks.origin import Origin


@dataclass(frozen=True)
class Job:
    """What a worker is told before it begins.

    Parameters
    ----------
    origin : Origin
        Where it opens the network.
    settings : Settings
        What the index is built with.
    version : str
        The actiscope of who tells it.
    """

    origin: Origin
    settings: Settings
    version: str = __version__

    @classmethod
    def of(cls, network: Network, settings: Settings) -> "Job":
        """Return what others have to be told to do with a network what is done here.

        Raises
        ------
        NetworkError
            If nobody else can open it.
        """
        if network.origin is None:
            raise NetworkError(
                f"{network.name} was made in this process, and no other can open it; "
                "open_network('file.py:function') can be opened anywhere"
            )
        return cls(network.origin, settings)

    def begin(self) -> Reducer:
        """Open the network.

        Raises
        ------
        NetworkError
            If that cannot be done here, or finds another network, or actiscope is another one.
        """
        try:
            return Reducer(self._open(), self.settings)
        except ActiscopeError as error:
            raise NetworkError(f"on {socket.gethostname()}: {error}") from None

    def _open(self) -> Network:
        if self.version != __version__:
            raise NetworkError(f"actiscope is {__version__} there, and {self.version} here")
        network = reopen_network(self.origin)
        if network.fingerprint() != self.settings.fingerprint:
            source = self.origin.source
            raise NetworkError(f"{source} is another network there, or prepared otherwise")
        return network

    def problem(self) -> str:
        """Say what keeps this machine from it; nothing if nothing does."""
        try:
            self.begin()
        except NetworkError as error:
            return str(error)
        return ""
