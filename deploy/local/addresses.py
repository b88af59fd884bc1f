"""Gathering where everything of an installation is, for those who use it."""

from deploy.accounts import PUBLISHERS, SERVICES, Secrets
from deploy.local.plan import Plan
from deploy.local.programs import url_of
from deploy.local.servers import Backbone
from deploy.local.state import Addresses, PublisherAccess


def addresses(plan: Plan, ports: dict[str, int], backbone: Backbone, secrets: Secrets) -> Addresses:
    """Return the addresses; the servers must run."""
    rabbit_url, mongo_url = backbone.operator_urls
    return Addresses(
        intake_url=url_of(ports["intake"]),
        console_url=url_of(ports["console"]),
        rabbit_url=rabbit_url,
        mongo_url=mongo_url,
        mail_dir=str(plan.mail_dir),
        publishers=tuple(
            PublisherAccess(
                name=publisher.name,
                key=secrets.publisher_keys[publisher.name],
                amqp_url=backbone.publisher_url(publisher.name),
            )
            for publisher in PUBLISHERS
        ),
        staff=secrets.staff,
        operator_token=secrets.operator_token,
        services={name: url_of(ports[name]) for name in SERVICES},
    )
