"""The words that everything is said in: errors, inputs, practices, opt-outs, and the base of every construct."""
