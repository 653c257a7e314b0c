// Whoever speaks of tasks and events also speaks of JSON, texts and numbers from outside: the two come together.
@_exported public import Wire
