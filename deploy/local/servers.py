"""The broker and the database of an installation: private children, or those named from outside."""

from deploy.accounts import OPERATOR, Secrets, broker_definitions, mongo_users
from deploy.embedded import Mongo, Rabbit
from deploy.local.plan import DATABASE, Plan, mongo_url_for, names_account, rabbit_url_for
from shared.topology import VHOST


class Backbone:
    """Both servers; says with which address each account signs in."""

    def __init__(self, plan: Plan, secrets: Secrets) -> None:
        self._plan = plan
        self._secrets = secrets
        self.children: dict[str, Rabbit | Mongo] = {}
        if plan.rabbit_url is None:
            self.children["rabbitmq"] = Rabbit(
                plan.folder / "rabbitmq", broker_definitions(secrets)
            )
        if plan.mongo_url is None:
            self.children["mongod"] = Mongo(plan.folder / DATABASE, mongo_users(secrets))

    def rabbit_url(self, account: str) -> str:
        """Return the AMQP address of a service or the operator."""
        url = self._plan.rabbit_url
        if url is not None and names_account(url):
            return url
        return self.publisher_url(account)

    def publisher_url(self, account: str) -> str:
        """Return the AMQP address of a publisher, who always signs in as itself."""
        password = self._secrets.rabbit[account]
        server = self.children.get("rabbitmq")
        if isinstance(server, Rabbit):
            return server.url(account, password, VHOST)
        return rabbit_url_for(str(self._plan.rabbit_url), account, password)

    def mongo_url(self, account: str) -> str:
        """Return the MongoDB address of a service or the operator."""
        url, password = self._plan.mongo_url, self._secrets.mongo[account]
        if url is not None and names_account(url):
            return url
        server = self.children.get("mongod")
        if isinstance(server, Mongo):
            return server.url(account, password)
        return mongo_url_for(str(url), account, password)

    @property
    def ports(self) -> dict[str, int]:
        """The ports of the private servers that run."""
        return {name: server.port for name, server in self.children.items()}

    @property
    def operator_urls(self) -> tuple[str, str]:
        """The addresses by which the operator looks: broker, database."""
        return self.rabbit_url(OPERATOR), self.mongo_url(OPERATOR)
