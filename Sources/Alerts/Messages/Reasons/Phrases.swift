extension FilledIn {
    /// What stands at the places of reasons, where it is ours.
    static let phrases: [(english: String, chinese: String)] = [
        // Where credentials come from.
        ("the config", "配置"),
        ("the environment ({name})", "环境变量 {name}"),
        ("profile {name} of {path}", "{path} 中的 profile {name}"),
        ("a profile of {path}", "{path} 中的 profile"),
        ("a profile", "该 profile"),
        ("section [{name}]", "[{name}] 小节"),
        ("section", "该小节"),
        ("the credentials URI ({address})", "凭证 URI（{address}）"),
        ("the credentials URI", "凭证 URI"),
        ("the metadata service ({address})", "元数据服务（{address}）"),
        ("the RAM role {name} of this ECS instance", "监控主机（ECS 实例）的 RAM 角色 {name}"),
        ("the RAM role of this ECS instance", "监控主机（ECS 实例）的 RAM 角色"),
        ("the RAM role of this instance", "监控主机（ECS 实例）的 RAM 角色"),
        ("the RAM role that role_name names", "role_name 所指的 RAM 角色"),
        ("the role (assumed with credentials from {origin})", "角色（扮演时的凭证来自{origin}）"),
        ("the role {arn} (assumed with credentials from {origin})", "角色 {arn}（扮演时的凭证来自{origin}）"),
        ("the role (assumed with {file})", "角色（用{file}扮演）"),
        ("the role {arn} (assumed with {file})", "角色 {arn}（用{file}扮演）"),
        ("the OIDC token file {path}", "OIDC 令牌文件 {path}"),
        ("the OIDC token file", "OIDC 令牌文件"),
        ("the profile file {path}", "profile 文件 {path}"),
        ("process_command of {origin}", "{origin} 的 process_command"),
        ("STS ({endpoint})", "STS（{endpoint}）"),
        // Why there are none.
        (
            "ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET are not both set",
            "未同时设置 ALIBABA_CLOUD_ACCESS_KEY_ID 和 ALIBABA_CLOUD_ACCESS_KEY_SECRET"
        ),
        (
            "ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN and ALIBABA_CLOUD_OIDC_TOKEN_FILE are not all set",
            "未同时设置 ALIBABA_CLOUD_ROLE_ARN、ALIBABA_CLOUD_OIDC_PROVIDER_ARN 和 ALIBABA_CLOUD_OIDC_TOKEN_FILE"
        ),
        ("disabled by ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "已由 ALIBABA_CLOUD_CLI_PROFILE_DISABLED 禁用"),
        ("HOME is not set", "未设置环境变量 HOME"),
        ("disabled by ALIBABA_CLOUD_ECS_METADATA_DISABLED", "已由 ALIBABA_CLOUD_ECS_METADATA_DISABLED 禁用"),
        ("ALIBABA_CLOUD_CREDENTIALS_URI is not set", "未设置 ALIBABA_CLOUD_CREDENTIALS_URI"),
        // Which profile was looked for.
        (
            "of the name set in credentials.name or ALIBABA_CLOUD_PROFILE",
            "credentials.name 或 ALIBABA_CLOUD_PROFILE 指定"
        ),
        ("named default", "名为 default"),
        ("none", "无"),
        ("{count} (names hidden, in case they are secrets)", "{count} 个（名称可能是密钥，不显示）"),
        // Parts of an access key.
        ("id", "AccessKey ID"),
        ("secret", "AccessKey Secret"),
        ("security token", "STS Token"),
        // What is wrong with a value.
        ("is empty", "为空"),
        ("is longer than {count} bytes", "超过 {count} 字节"),
        ("contains a space", "含有空格"),
        ("contains a character that does not belong there ({name})", "含有不应出现的字符（{name}）"),
        // What is wrong with a file.
        ("{file} does not exist", "{file} 不存在"),
        (
            "{file} is not readable by uid {uid}; fix the owner, group or mode of the file and of the folders above it. If a command reports this, sudo helps, too",
            "守护进程的运行用户（uid {uid}）无权读取 {file}；请修改该文件及其上级目录的属主、属组或权限（把用户加入属组的，须重启守护进程才生效）"
        ),
        ("{file} is a folder, not a file", "{file} 是目录，不是文件"),
        ("{file} is too large for such a file; check that the path is right", "{file} 过大；请检查路径是否正确"),
        (
            "{file} cannot be read: no file descriptors are left; raise LimitNOFILE= of the unit",
            "无法读取 {file}：文件描述符已用完；请调大 systemd 单元的 LimitNOFILE="
        ),
        (
            "{file} could not be read within {time}; is it on a network mount that does not answer?",
            "{time}内未能读取 {file}；请检查它是否在没有响应的网络挂载上"
        ),
        ("the system's certificates (package ca-certificates)", "系统证书（软件包 ca-certificates）"),
        ("the file {path}", "文件 {path}"),
        // What an answer of the API is instead.
        ("an empty body", "响应体为空"),
        ("JSON that is not an object", "JSON 不是对象"),
        ("{count} bytes that are not JSON: {error}", "{count} 字节的内容不是 JSON（{error}）"),
        ("neither an id nor a status", "没有 ID 和状态"),
        ("an answer for {id}", "返回的是 {id} 的信息"),
        (
            "a status that is not a string of 1 to {count} visible characters", "状态不是 1 到 {count} 个可见字符的字符串"
        ),
        ("no status", "没有状态"),
        ("no list of tasks", "没有任务列表"),
        ("the tasks of {id}", "返回的是 {id} 的任务"),
        ("no metrics of that task", "没有该任务的指标"),
        ("the name of the RAM role", "RAM 角色名"),
        ("the role's credentials", "角色的凭证"),
        ("what {action} asked for", "{action} 所查的对象"),
        // What an answer of a receiver lacks.
        ("a message name", "消息名称"),
        ("a message id", "消息 ID"),
        ("the answer of a flow (it is a web page)", "工作流的响应，内容是网页"),
        ("the status 202", "状态码 202"),
        ("`Code` 200", "值为 200 的 `Code`"),
        ("a `code`", "`code`"),
        ("an `errcode`", "`errcode`"),
        // How a program ended.
        ("it cannot be started: {words}", "无法启动（“{words}”）"),
        ("it took longer than {count} s and was ended", "运行超过 {count} 秒，已终止"),
        ("it prints more than {count} KiB", "输出超过 {count} KiB"),
        ("it ended with status {number}", "退出状态 {number}"),
        ("it was ended by signal {number}", "被信号 {number} 终止"),
    ]
}
