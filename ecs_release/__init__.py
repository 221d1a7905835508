"""How Alibaba Cloud ECS instances end: decided, done, confirmed, accounted for."""
