extension ReasonInChinese {
    /// What `PolarDB/Failures` and `PolarDB/Client` say of a call of the API.
    static let apiReasons: [(english: String, chinese: String)] = [
        (
            "Alibaba Cloud throttles {action}; fewer calls are made now; if this lasts, raise the quota (Quota Center, API rate limits of PolarDB) or lower calls_per_second",
            "阿里云对 {action} 限流；请求会自动放慢，如持续出现，请在配额中心提高 PolarDB 的 API 配额，或调低 calls_per_second"
        ),
        (
            "the API does not know {subject} in {region} ({code}); check the id, its region and its account",
            "API 在 {region} 查询不到 {subject}（{code}）；请检查 ID、地域和账号"
        ),
        (
            "the API does not know {subject} in {region}; check the id, its region and its account",
            "API 在 {region} 查询不到 {subject}；请检查 ID、地域和账号"
        ),
        (
            "this host's clock is more than 15 minutes off{coded}; set it (timedatectl set-ntp true)",
            "监控主机时钟偏差超过 15 分钟{coded}，请校准（timedatectl set-ntp true）"
        ),
        (
            "the API failed{coded}; calls are repeated automatically; if this lasts, ask Alibaba Cloud support",
            "API 出错{coded}；请求会自动重试，如持续出现，请联系阿里云支持"
        ),
        (
            "the access key from {origin} is disabled{coded}; enable it in RAM or use another",
            "AccessKey（来自{origin}）已禁用{coded}；请在 RAM 中启用，或换用其他 AccessKey"
        ),
        (
            "Alibaba Cloud does not know the access key from {origin}; check the access key id",
            "AccessKey（来自{origin}）不存在；请检查 AccessKey ID"
        ),
        (
            "the signature does not match the access key from {origin}; most likely its secret is wrong or was pasted with extra characters",
            "签名与 AccessKey（来自{origin}）不匹配；多半是 AccessKey Secret 有误，或粘贴时带入了多余字符"
        ),
        (
            "the temporary credentials from {origin} have expired{coded}; replace them, or use a RAM role, which renews them",
            "临时凭证（来自{origin}）已过期{coded}；请重新获取，或改用 RAM 角色"
        ),
        (
            "the security token from {origin} does not belong to its access key{coded}; use the key id, secret and token that were issued together",
            "STS Token（来自{origin}）与 AccessKey 不属于同一组{coded}；请使用同时签发的 AccessKey ID、AccessKey Secret 和 STS Token"
        ),
        ("the account has an overdue payment{coded}; settle it at Alibaba Cloud", "账号已欠费{coded}；请在阿里云结清"),
        (
            "Alibaba Cloud's risk control has blocked the account{coded}; log in to its console as the account's owner and read the Message Center, or open a ticket",
            "账号被阿里云风控限制{coded}；请以账号所有者登录控制台查看消息中心，或提交工单"
        ),
        ("the access key from {origin} may not call {action}", "AccessKey（来自{origin}）无权调用 {action}"),
        ("{who} may not call {action}", "{who} 无权调用 {action}"),
        ("a RAM policy denies it explicitly; remove that Deny statement", "RAM 策略明确拒绝，请删除该 Deny 语句"),
        (
            "a RAM policy denies it explicitly (policy type: {type}); remove that Deny statement",
            "RAM 策略明确拒绝（策略类型 {type}），请删除该 Deny 语句"
        ),
        ("grant it in a RAM policy, with Resource \"*\"", "请在 RAM 策略中授权，Resource 为 \"*\""),
        (
            "grant it in a RAM policy, with Resource \"*\" (policy type: {type})",
            "请在 RAM 策略中授权，Resource 为 \"*\"（策略类型 {type}）"
        ),
        (
            "{subject} is not an id that the API accepts{coded}; check it in the config",
            "API 不接受 ID {subject}{coded}；请检查配置"
        ),
        (
            "the API does not know the region {region} ({code}); check region in the config",
            "地域 {region} 无效（{code}）；请检查配置中的 region"
        ),
        (
            "the API does not know the region {region}; check region in the config",
            "地域 {region} 无效；请检查配置中的 region"
        ),
        (
            "{endpoint} does not offer {action}; check endpoint, region and network in the config",
            "{endpoint} 不提供 {action}；请检查配置中的 endpoint、region 和 network"
        ),
        (
            "{endpoint} requires https{coded}; check endpoint in the config",
            "{endpoint} 要求 https{coded}；请检查配置中的 endpoint"
        ),
        (
            "the API rejects the parameters of {action}; check id and region",
            "API 拒绝 {action} 的参数；请检查 ID 和地域"
        ),
        ("the API refused {action}", "API 拒绝了 {action}"),
        (
            "{endpoint} answered with a redirect (status {status}), which is never followed; check endpoint in the config",
            "{endpoint} 返回重定向（状态码 {status}），不会跟随；请检查配置中的 endpoint"
        ),
        (
            "a proxy requires a user and password (status 407); add them to the proxy's URL",
            "代理要求认证（407）；请在代理的 URL（配置的 `proxy`，未设置时为环境变量 https_proxy 等）中填写用户名和密码"
        ),
        (
            "{endpoint} answered with status {status}, and the body is not an error of the API; check endpoint and proxy",
            "{endpoint} 返回状态码 {status}，但没有可识别的错误信息；请检查 endpoint 和代理"
        ),
        (
            "{endpoint} answered the call for {id} in {region} with {fault}; if this lasts, check endpoint and proxy",
            "{endpoint} 对 {id}（{region}）的响应无效：{fault}；如持续出现，请检查 endpoint 和代理"
        ),
        (
            "{endpoint} answered the call for {id} in {region} with {fault}; check the id and its region",
            "{endpoint} 对 {id}（{region}）的响应无效：{fault}；请检查 ID 和地域"
        ),
        (
            "{endpoint} answered {action} with {what}; if this lasts, check endpoint and proxy",
            "{endpoint} 对 {action} 的响应无效：{what}；如持续出现，请检查 endpoint 和代理"
        ),
        (
            "the call did not end within {time} and was cancelled; check that the endpoint and the proxy answer, and that the source of the credentials (a program, a file or the metadata service) does not hang",
            "请求在{time}内没有结束，已取消；请检查 endpoint、代理和凭证来源（程序、文件或元数据服务可能没有响应）"
        ),
    ]

    /// What `HTTPTransport` says of a connection, to the API or to a target.
    static let connectionReasons: [(english: String, chinese: String)] = [
        (
            "{host} closed the keep-alive connection before it answered; the request is repeated automatically",
            "{host} 在响应之前关闭了连接；请求会自动重试"
        ),
        (
            "the proxy refused to connect to {host} (status {status}): it requires a user and password in the proxy's URL",
            "代理拒绝连接 {host}（状态码 {status}）：代理要求认证；请在代理的 URL（配置的 `proxy`，未设置时为环境变量 https_proxy 等）中填写用户名和密码"
        ),
        (
            "the proxy refused to connect to {host} (status {status}); allow this host and port in the proxy, or check `proxy`",
            "代理拒绝连接 {host}（状态码 {status}）；请在代理中放行该主机和端口，或检查 `proxy`"
        ),
        ("the name of {host} does not resolve; check the name and the host's DNS", "{host} 的域名无法解析；请检查域名和监控主机 DNS"),
        ("the proxy's name does not resolve; check the name and the host's DNS", "代理的域名无法解析；请检查域名和监控主机 DNS"),
        (
            "cannot connect to {host}; check its host and port, and firewalls on the way to it",
            "无法连接 {host}；请检查主机、端口和中间的防火墙"
        ),
        (
            "TLS with {host} failed{reason}; check that the port serves https, and that no proxy or firewall interferes",
            "与 {host} 的 TLS 握手失败{reason}；请确认该端口提供 https，并检查中间的代理和防火墙"
        ),
        (
            "TLS with {host} failed{reason}; check that no proxy or firewall interferes",
            "与 {host} 的 TLS 握手失败{reason}；请检查中间的代理和防火墙"
        ),
        ("{host} closed the connection before its answer was complete", "{host} 在响应完整之前关闭了连接"),
        ("the URL of {host} is not valid; check it in the config", "{host} 的 URL 无效；请检查配置"),
        ("{host} did not answer in HTTP{reason}; check host and port", "{host} 的响应不是 HTTP{reason}；请检查主机和端口"),
        (
            "this process has no file descriptors left (limit {limit}); raise LimitNOFILE= of the unit",
            "守护进程的文件描述符已用完（上限 {limit}）；请调大 systemd 单元的 LimitNOFILE="
        ),
        (
            "this process has no file descriptors left; raise LimitNOFILE= of the unit",
            "守护进程的文件描述符已用完；请调大 systemd 单元的 LimitNOFILE="
        ),
        ("the request cannot be sent", "无法发送请求"),
        ("the request cannot be sent: out of memory", "无法发送请求：内存不足"),
        (
            "cannot read {file}, so the certificate of {host} cannot be verified",
            "无法读取 {file}，因此无法校验 {host} 的证书"
        ),
        (
            "the client certificate or its key cannot be used for {host}; check client_cert and client_key",
            "{host} 的客户端证书或其私钥无法使用；请检查 client_cert 和 client_key"
        ),
        (
            "{host} answered with status {status}, but its body is over the limit of {limit} bytes; check that this is the right address",
            "{host} 返回状态码 {status}，但响应体超过 {limit} 字节；请检查地址是否正确"
        ),
        (
            "{host} answered with status {status} and more than 64 KiB of headers; check that this is the right address, and whether a proxy adds headers",
            "{host} 返回状态码 {status}，但响应头超过 64 KiB；请检查地址是否正确，以及代理是否添加了响应头"
        ),
        ("{host} received the mail but did not confirm it within {time}", "{host} 收到邮件后{time}内没有确认"),
        ("{host} did not greet within {time}", "{host} 在{time}内没有发来欢迎信息"),
        ("{host} did not take the mail within {time}", "{host} 在{time}内没有收下邮件"),
        ("the request was cancelled", "请求已取消"),
        ("the request to {host} failed", "对 {host} 的请求失败"),
        (
            "the certificate of {host} is for another name; check the host in the address, or give the server a certificate for it",
            "{host} 的证书属于其他域名；请检查地址中的主机，或为服务器换用正确的证书"
        ),
        (
            "the certificate of {host} has expired; renew it on the server, or set this host's clock if that is wrong (timedatectl set-ntp true)",
            "{host} 的证书已过期；请在服务器上更新，如监控主机时钟不准，请校准（timedatectl set-ntp true）"
        ),
        (
            "the certificate of {host} is not valid yet; set this host's clock if that is wrong (timedatectl set-ntp true), or look at the server's certificate",
            "{host} 的证书尚未生效；如监控主机时钟不准，请校准（timedatectl set-ntp true），否则请检查服务器证书"
        ),
        ("the certificate of {host} was revoked; renew it on the server", "{host} 的证书已吊销；请在服务器上更新"),
        (
            "the certificate of {host} is not trusted{reason}: it is signed by an unknown CA; for a server of your own, set `ca_file` to its CA certificate (a PEM file); otherwise look for a proxy that replaces certificates",
            "{host} 的证书不受信任{reason}：由未知的 CA 签发；如是自建服务器，请把 `ca_file` 设为其 CA 证书（PEM 文件），否则请检查是否有代理替换了证书"
        ),
        ("{host} sends too slowly: under {limit} bytes a second for {time}", "{host} 返回数据过慢：连续{time}低于 {limit} 字节/秒"),
        ("no connection to {host} within {time}", "{time}内未能连接 {host}"),
        ("no connection to {host}", "无法连接 {host}"),
        ("{host} did not answer within {time}", "{host} 在{time}内没有响应"),
    ]
}
