/// Alerts of removed targets that were given up batch by batch: reported once for each target.
struct Burials {
    private var open: (target: String, count: Int)?

    /// - Parameter isMore: whether another batch may come.
    /// - Returns: the targets that are done, with all that was given up of each.
    mutating func note(_ count: Int, of target: String?, isMore: Bool) -> [(target: String, count: Int)] {
        var done: [(target: String, count: Int)] = []
        if let target, target == open?.target {
            open?.count += count
        } else {
            if let open { done.append(open) }
            open = target.map { ($0, count) }
        }
        if !isMore, let last = open {
            done.append(last)
            open = nil
        }
        return done
    }
}
