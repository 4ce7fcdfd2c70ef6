"""What all rows have in common: how times, texts and JSON are stored, and how constraints are named."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# SQLite counts up only an INTEGER key.
BigKey = BigInteger().with_variant(Integer, "sqlite")
CASCADE = "CASCADE"


class Utc(TypeDecorator[datetime]):
    """A moment, stored in UTC without zone (SQLite has none) and given back with it."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


class Base(DeclarativeBase):
    # Named constraints, so that migrations can change them on both databases.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy reads it from the class
        datetime: Utc,
        str: Text,
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[Any]: JSON,
        Any: JSON(none_as_null=True),
    }


class InNetwork(Base):
    """What belongs to a network, and goes with it. A class with an index of its own that begins with the
    network needs no other."""

    __abstract__ = True

    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE))


class ByNetwork(InNetwork):
    """What belongs to a network and has no index that begins with it: the key gets one."""

    __abstract__ = True

    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE), index=True)
