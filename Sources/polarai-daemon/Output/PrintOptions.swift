import ArgumentParser
import Reports

/// `--utc` and `--format`, which every command has that prints what is stored.
struct PrintOptions: ParsableArguments {
    @Flag(help: "Show times in UTC.")
    var utc = false

    @Option(help: "How to print.")
    var format = OutputFormat.table

    var style: TimeStyle { TimeStyle(isUTC: utc) }
}
