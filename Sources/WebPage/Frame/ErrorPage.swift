import Model

/// What a person sees in place of the page that was asked for.
package enum ErrorPage {
    /// - Parameters:
    ///   - title: what happened.
    ///   - detail: what to do.
    package static func render(_ frame: PageFrame, status: Int, title: String, detail: String) -> [UInt8] {
        let advice: HTML? = frame.words.language == .chinese ? "<p>\(chineseAdvice(status))</p>\n" : nil
        // Of these the advice says all that the detail does.
        let isWhole = advice != nil && [401, 405, 421, 431].contains(status)
        let said: HTML? = isWhole ? nil : "<p>\(bdi: detail)</p>\n"
        return frame.page(
            title: "\(status) \(frame.words(title, chineseTitle(status)))", isLive: false,
            """
            \(advice)\
            \(said)\
            <p><a href="\(frame.link(""))">\(frame.words("Back to \"Now\"", "返回“当前”页"))</a></p>
            """)
    }

    /// What happened, for the statuses that this server uses.
    private static func chineseTitle(_ status: Int) -> String {
        switch status {
        case 400: "请求无效"
        case 401: "需要登录"
        case 404: "页面不存在"
        case 405: "不支持该请求方法"
        case 421: "主机名不匹配"
        case 431: "请求头过大"
        case 503: "暂时不可用"
        default: "出错"
        }
    }

    /// What to do; the details that follow are in English.
    private static func chineseAdvice(_ status: Int) -> String {
        switch status {
        case 400: "请检查地址和筛选条件，详细信息如下："
        case 401: "请登录后查看。"
        case 404: "请检查地址；如果有多个任务同名，请改用 ID。"
        case 405: "本页面只读，只接受 GET 和 HEAD 请求。"
        case 421: "本服务不接受以此主机名访问；如需使用，请把它加入配置的 web.hosts。"
        case 431: "请求头超过 64 KiB；请清除该站点的 Cookie 后重试。"
        case 503: "请稍后重试；如果持续出现，请按以下信息排查："
        default: "详细信息如下："
        }
    }
}
