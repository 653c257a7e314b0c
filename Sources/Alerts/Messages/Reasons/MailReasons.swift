extension ReasonInChinese {
    /// What `Alerts/Targets/Email` says of mail servers.
    static let mailReasons: [(english: String, chinese: String)] = [
        ("the mail server did not answer", "邮件服务器没有响应"),
        ("the mail server could not accept the mail", "邮件服务器暂时无法接收邮件"),
        (
            "the mail server rejected the mail; ask its administrator for the reason, or check `from`",
            "邮件服务器拒收邮件；请向其管理员询问原因，或检查 `from`"
        ),
        (
            "the mail server rejects connections from this host; ask its administrator to allow them",
            "邮件服务器拒绝监控主机连接；请联系其管理员放行"
        ),
        ("the mail server does not accept this host's greeting; check `helo`", "邮件服务器拒绝 HELO/EHLO 中的主机名；请检查 `helo`"),
        ("the mail server refuses STARTTLS; check the port in `url`", "邮件服务器拒绝 STARTTLS；请检查 `url` 中的端口"),
        ("the mail server cannot check the login now", "邮件服务器暂时无法验证登录"),
        (
            "the mail server refuses the login; check `username` and `password` (many providers require an app password or authorisation code)",
            "邮件服务器拒绝登录；请检查 `username` 和 `password`（许多服务商要求使用应用专用密码或授权码）"
        ),
        ("the mail server does not accept the sender now", "邮件服务器暂时不接受该发件人"),
        ("the mail server refuses the sender; check `from` and the login", "邮件服务器拒绝该发件人；请检查 `from` 和登录用户"),
        (
            "the mail server refuses to relay mail for this login or host: {words}; check `username`, `from` and `url`",
            "邮件服务器拒绝为该用户或监控主机转发邮件（服务器返回“{words}”）；请检查 `username`、`from` 和 `url`"
        ),
        ("the mail server cannot begin TLS now", "邮件服务器暂时无法建立 TLS 连接"),
        (
            "the mail server offers no STARTTLS, so the mail is not sent; in `url`, use smtps:// if the server has a TLS port (465), else smtp:// with the port that offers STARTTLS (587)",
            "邮件服务器不支持 STARTTLS，因此不发送；如有 TLS 端口（465），请在 `url` 中写 smtps://，否则请写支持 STARTTLS 的端口（587）"
        ),
        (
            "the mail server offers no login method that is supported here, though `username` is set; check the port in `url`, or remove `username` and `password`",
            "已设置 `username`，但邮件服务器没有可用的登录方式；请检查 `url` 中的端口，或删除 `username` 和 `password`"
        ),
        (
            "the mail was sent but the server did not confirm it; the retry may arrive as a duplicate with the same Message-ID",
            "邮件已发出，但服务器没有确认；重试可能产生 Message-ID 相同的重复邮件"
        ),
        ("not yet accepted for {words}; the other recipients have the mail", "部分收件人暂未被接受（“{words}”）；其他收件人已收到"),
        ("not yet accepted for {words}", "收件人暂未被接受（“{words}”）"),
        (
            "refused for {words}; the other recipients have the mail. Correct the address in `to`, run `polarai-daemon reload`, then `polarai-daemon alerts retry ID`: only the corrected address gets the mail",
            "部分收件人被拒绝（“{words}”），其他收件人已收到；请更正 `to` 中的地址，运行 `polarai-daemon reload`，再运行 `polarai-daemon alerts retry ID`，只会重发给更正后的地址"
        ),
        (
            "refused for {words}. Correct the address in `to`, run `polarai-daemon reload`, then `polarai-daemon alerts retry ID`: only the corrected address gets the mail",
            "收件人被拒绝（“{words}”）；请更正 `to` 中的地址，运行 `polarai-daemon reload`，再运行 `polarai-daemon alerts retry ID`"
        ),
        (
            "smtps:// is for ports that begin with TLS (465), smtp:// for those that offer STARTTLS (587)",
            "smtps:// 用于直接使用 TLS 的端口（465），smtp:// 用于支持 STARTTLS 的端口（587）"
        ),
        ("if this port begins with TLS, write smtps:// in `url`", "如该端口直接使用 TLS，请在 `url` 中写 smtps://"),
    ]
}
