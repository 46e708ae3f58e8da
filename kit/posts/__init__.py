"""Posts before they are sent: the queue, exports for other tools, and the recall of a wrong fact."""
