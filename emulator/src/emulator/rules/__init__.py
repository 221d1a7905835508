"""What happens to resources over time and on request: state rules, apart from how they are asked for."""
