"""A private RabbitMQ and MongoDB as children of one process: no container engine needed."""

from deploy.embedded.definitions import password_hash
from deploy.embedded.errors import EmbeddedError
from deploy.embedded.mongo import Mongo
from deploy.embedded.rabbit import Rabbit
from deploy.embedded.replica import MongoUser, Privilege
from deploy.embedded.servers import Servers, first_to_end, running, servers

__all__ = [
    "EmbeddedError",
    "Mongo",
    "MongoUser",
    "Privilege",
    "Rabbit",
    "Servers",
    "first_to_end",
    "password_hash",
    "running",
    "servers",
]
