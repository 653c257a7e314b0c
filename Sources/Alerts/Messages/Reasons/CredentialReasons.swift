extension ReasonInChinese {
    /// What `PolarDB/Credentials` says of where keys come from.
    static let credentialReasons: [(english: String, chinese: String)] = [
        (
            "no credentials found; set `credentials` in the config; tried: {tried}",
            "未找到凭证；请在配置中设置 `credentials`；已依次尝试：{tried}"
        ),
        ("no credentials from {place}", "无法从{place}获取凭证"),
        ("no credentials from {place} within {time}: it does not answer", "{time}内未能从{place}获取凭证：没有响应"),
        (
            "the access key of {origin} is empty; check its id and its secret",
            "{origin}中的 AccessKey 为空；请检查 AccessKey ID 和 AccessKey Secret"
        ),
        ("the access key of {origin} cannot be read: {fault}", "无法读取{origin}中的 AccessKey：{fault}"),
        (
            "this ECS instance has no RAM role; attach one that may read PolarDB",
            "监控主机（ECS 实例）没有绑定 RAM 角色；请绑定可读取 PolarDB 的角色"
        ),
        ("this ECS instance does not have {role}; check role_name", "监控主机（ECS 实例）没有{role}；请检查 role_name"),
        (
            "STS ({endpoint}) refused {call}; check the role's ARN, its trust policy, and the credentials used to assume it",
            "STS（{endpoint}）拒绝了{call}；请检查角色 ARN、信任策略，以及扮演该角色所用的凭证"
        ),
        (
            "STS ({endpoint}) refused {call}; set this host's clock (timedatectl set-ntp true)",
            "STS（{endpoint}）拒绝了{call}；请校准监控主机时钟（timedatectl set-ntp true）"
        ),
        (
            "STS ({endpoint}) refused {call}; the request is repeated automatically",
            "STS（{endpoint}）拒绝了{call}；请求会自动重试"
        ),
        ("the request for credentials was cancelled", "获取凭证的请求已取消"),
        (
            "the credentials from {place} expire before they can be used; set this host's clock (timedatectl set-ntp true)",
            "从{place}获取的凭证在使用之前就已过期；请校准监控主机时钟（timedatectl set-ntp true）"
        ),
        (
            "the access key of {origin} could not be read within {time}; is its file on a network mount that does not answer?",
            "{time}内未能读取{origin}中的 AccessKey；请检查其文件是否在没有响应的网络挂载上"
        ),
        ("the {part} of the access key of {mistake}; enter it again", "{part} 有误（{mistake}）；请重新填写"),
        ("the variable {name} {fault}; set it again", "环境变量 {name} 有误：{fault}；请重新设置"),
        (
            "no credentials: set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or give \"credentials\" in the config",
            "没有凭证；请设置 ALIBABA_CLOUD_ACCESS_KEY_ID 和 ALIBABA_CLOUD_ACCESS_KEY_SECRET，或在配置中填写 \"credentials\""
        ),
        (
            "{origin} runs a program, but {name} forbids that; unset the variable, or use other credentials",
            "{origin} 需要运行程序，但环境变量 {name} 禁止运行；请取消该变量，或改用其他凭证"
        ),
        (
            "{name} is not a valid endpoint; write HOST, HOST:PORT or https://HOST, without a path (http:// on loopback only)",
            "{name} 不是有效的接入点；请写 HOST、HOST:PORT 或 https://HOST，不带路径（http:// 只能用于环回地址）"
        ),
        (
            "process_command of {origin} gives no credentials: {fault}; to see what it says, run its command by hand as the same user (uid {uid})",
            "{origin} 的 process_command 没有给出凭证：{fault}；请以同一用户（uid {uid}）手动运行该命令，查看其输出"
        ),
        (
            "process_command of {origin} printed no JSON with access_key_id and access_key_secret; to see what it says, run its command by hand as the same user (uid {uid})",
            "{origin} 的 process_command 没有输出含 access_key_id 和 access_key_secret 的 JSON；请以同一用户（uid {uid}）手动运行该命令，查看其输出"
        ),
        (
            "process_command of {origin} printed JSON whose {name} {fault}; fix what it prints",
            "{origin} 的 process_command 输出的 {name} 有误：{fault}；请修正其输出"
        ),
        (
            "{place} does not answer with the name of a RAM role; check metadata_endpoint",
            "{place}没有返回 RAM 角色名；请检查 metadata_endpoint"
        ),
        (
            "role_name is not the name of a RAM role: up to 64 letters, digits, '.', '_' and '-'",
            "role_name 不是有效的 RAM 角色名：最多 64 个字母、数字、“.”、“_”和“-”"
        ),
        (
            "{place} gives no credentials for {role}: its answer's \"Code\" is not Success; check that the role is attached to this instance and may be used by it",
            "{place}没有给出{role}的凭证：返回的 \"Code\" 不是 Success；请检查该角色是否已绑定到监控主机（ECS 实例），且监控主机有权使用"
        ),
        (
            "{place} returned no IMDSv2 token (status {status}), and ALIBABA_CLOUD_IMDSV1_DISABLED forbids access without one; check metadata_endpoint, or unset that variable",
            "{place}没有返回 IMDSv2 令牌（状态码 {status}），而 ALIBABA_CLOUD_IMDSV1_DISABLED 禁止不带令牌访问；请检查 metadata_endpoint，或取消该变量"
        ),
        (
            "{place} refused to give {subject} (status {status}); check that the role is attached to this instance, and that no proxy or firewall answers in place of the metadata service",
            "{place}拒绝返回{subject}（状态码 {status}）；请检查角色是否已绑定到监控主机（ECS 实例），以及是否有代理或防火墙代替元数据服务响应"
        ),
        (
            "{place} answered without AccessKeyId, AccessKeySecret and SecurityToken; check that this address really is the credentials service",
            "{place} 的响应中没有 AccessKeyId、AccessKeySecret 和 SecurityToken；请确认该地址是凭证服务"
        ),
        (
            "{place} answered with credentials whose {name} {fault}; check that this address really is the credentials service",
            "{place} 返回的 {name} 有误：{fault}；请确认该地址是凭证服务"
        ),
        ("the credentials URI cannot be read: {fault}", "无法读取凭证 URI：{fault}"),
        (
            "{place} gives no credentials: its \"Code\" is not Success; check the credentials service behind this address",
            "{place}没有给出凭证：返回的 \"Code\" 不是 Success；请检查该地址的凭证服务"
        ),
        (
            "{place} gives no credentials: it answered with status {status}; check the credentials service behind this address",
            "{place}没有给出凭证：返回状态码 {status}；请检查该地址的凭证服务"
        ),
        (
            "the OIDC token file {path} is longer than the {count} bytes that STS takes",
            "OIDC 令牌文件 {path} 超过 STS 允许的 {count} 字节"
        ),
        ("the OIDC token file {path} is empty", "OIDC 令牌文件 {path} 为空"),
        ("the OIDC token file {path} does not exist", "OIDC 令牌文件 {path} 不存在"),
        (
            "the OIDC token file {path} must contain exactly one token, but contains a line break, a space or a character that is not ASCII",
            "OIDC 令牌文件 {path} 应只含一个令牌，但其中有换行、空格或非 ASCII 字符"
        ),
        (
            "the OIDC token file {path} is not readable by uid {uid}; fix the owner, group or mode of the file and of the folders above it. If a command reports this, sudo helps, too",
            "守护进程的运行用户（uid {uid}）无权读取 OIDC 令牌文件 {path}；请修改该文件及其上级目录的属主、属组或权限（把用户加入属组的，须重启守护进程才生效）"
        ),
    ]

    /// What `PolarDB/Credentials/Profiles` says of a profile file.
    static let profileReasons: [(english: String, chinese: String)] = [
        (
            "there is no profile file {path}; create one with `aliyun configure`, or set other `credentials`",
            "没有 profile 文件 {path}；请用 `aliyun configure` 创建，或改用其他 `credentials`"
        ),
        ("the profile file {path} does not exist", "profile 文件 {path} 不存在"),
        (
            "the profile file {path} is not readable by uid {uid}; fix the owner, group or mode of the file and of the folders above it. If a command reports this, sudo helps, too",
            "守护进程的运行用户（uid {uid}）无权读取 profile 文件 {path}；请修改该文件及其上级目录的属主、属组或权限（把用户加入属组的，须重启守护进程才生效）"
        ),
        (
            "the profile file {path} is a JSON list; the aliyun CLI writes an object with \"current\" and \"profiles\" (`aliyun configure`)",
            "profile 文件 {path} 是 JSON 数组；aliyun CLI 写入的是含 \"current\" 和 \"profiles\" 的对象（`aliyun configure`）"
        ),
        (
            "the profile file {path} is not valid JSON; `aliyun configure` writes it anew",
            "profile 文件 {path} 不是有效的 JSON；可用 `aliyun configure` 重新生成"
        ),
        (
            "the profile file {path} has no profile {wish}; its profiles are: {names}",
            "profile 文件 {path} 中没有{wish}的 profile；现有：{names}"
        ),
        (
            "the profile file {path} has \"current\" set to a profile that does not exist; its profiles are: {names}",
            "profile 文件 {path} 中没有其 \"current\" 指定的 profile；现有：{names}"
        ),
        (
            "the profile file {path} has no section {wish}; its sections are: {names}",
            "profile 文件 {path} 中没有{wish}的小节；现有：{names}"
        ),
        (
            "the profile file {path}, {profile}: source_profile names a profile that does not exist; the profiles are: {names}",
            "profile 文件 {path} 中，{profile}的 source_profile 不存在；现有的 profile：{names}"
        ),
        (
            "the profile file {path} has a source_profile loop: {circle}",
            "profile 文件 {path} 的 source_profile 循环引用：{circle}"
        ),
        (
            "the profile file {path}, {profile}: type is missing; for keys, write type = access_key",
            "profile 文件 {path} 的{profile}缺少 type；如使用 AccessKey，请写 type = access_key"
        ),
        ("the profile file {path}, {profile}: {key} is missing", "profile 文件 {path} 的{profile}缺少 {key}"),
        (
            "the profile file {path}, {profile}: source_profile names a profile whose mode cannot assume a role; set it to a profile with an access key or a RAM role",
            "profile 文件 {path} 中，{profile}的 source_profile 不能用来扮演角色；请改为使用 AccessKey 或 RAM 角色的 profile"
        ),
        (
            "the profile file {path}, {profile}: {key} is not a string; put it in double quotes",
            "profile 文件 {path} 中，{profile}的 {key} 不是字符串；请加上双引号"
        ),
        (
            "the profile file {path}, {profile} ({mode}): the credentials have expired; log in again with `aliyun configure`. A login always expires: for a service, use a RAM role or an access key",
            "profile 文件 {path} 中，{profile}（{mode}）的凭证已过期；请用 `aliyun configure` 重新登录；登录凭证会定期过期，长期运行的服务建议改用 RAM 角色或 AccessKey"
        ),
        (
            "the profile file {path}, {profile}: expired_seconds is not a whole number from {least} to {most}",
            "profile 文件 {path} 中，{profile}的 expired_seconds 不是 {least} 到 {most} 的整数"
        ),
        (
            "the profile file {path}, {profile}: {key} contains a variable such as ${NAME}; variables are not replaced here, so write the value itself",
            "profile 文件 {path} 中，{profile}的 {key} 含有变量（如 ${NAME}）；这里不会替换变量，请直接填写值"
        ),
        (
            "the profile file {path}, {profile}: {key} has an unsupported value; write one of {names}",
            "profile 文件 {path} 中，{profile}的 {key} 的值不受支持；可用的值：{names}"
        ),
        (
            "the profile file {path}, {profile}: {key} is not the name of a RAM role: up to 64 letters, digits, '.', '_' and '-'",
            "profile 文件 {path} 中，{profile}的 {key} 不是有效的 RAM 角色名：最多 64 个字母、数字、“.”、“_”和“-”"
        ),
        (
            "the profile file {path}, {profile}: {key} is not a URL of the form http://HOST/PATH or https://HOST/PATH",
            "profile 文件 {path} 中，{profile}的 {key} 不是 http://HOST/PATH 或 https://HOST/PATH 形式的 URL"
        ),
        (
            "the profile file {path}, {profile}: {key} names no program, or a quote in it is not closed",
            "profile 文件 {path} 中，{profile}的 {key} 没有指定要运行的程序，或引号未闭合"
        ),
        (
            "the profile file {path}, {profile}: sts_endpoint is not valid; write HOST, HOST:PORT or https://HOST",
            "profile 文件 {path} 中，{profile}的 sts_endpoint 无效；请写 HOST、HOST:PORT 或 https://HOST"
        ),
        (
            "the profile file {path}, {profile}: sts_region is not the id of a region, such as cn-beijing",
            "profile 文件 {path} 中，{profile}的 sts_region 不是地域 ID；正确的例子：cn-beijing"
        ),
        // The last one, as anything may stand behind the key.
        ("the profile file {path}, {profile}: {key} {fault}", "profile 文件 {path} 中，{profile}的 {key} 有误：{fault}"),
    ]
}
