using System.Globalization;
using MeterFirmware.Tools.HeadEnds.Fleets;

namespace MeterFirmware.Tools.HeadEnds.Web.Pages;

/// <summary>The words of the pages in two languages.</summary>
public sealed class Words
{
    private static readonly Dictionary<string, (string English, string Chinese)> _words = new()
    {
        ["address"] = ("Device", "设备"),
        ["alarms"] = ("Alarms", "告警"),
        ["all"] = ("All", "全部"),
        ["all-areas"] = ("All areas", "全部台区"),
        ["area"] = ("Area", "台区"),
        ["broker"] = ("Broker", "消息代理"),
        ["connected"] = ("connected", "已连接"),
        ["customer"] = ("Customer", "用户编号"),
        ["day"] = ("Day", "日期"),
        ["day-before"] = ("Day before", "前一天"),
        ["day-after"] = ("Day after", "后一天"),
        ["devices"] = ("Devices", "设备数"),
        ["export"] = ("Fed in", "上网电量"),
        ["export-csv"] = ("As CSV", "导出 CSV"),
        ["fleet"] = ("Fleet", "设备档案"),
        ["import"] = ("Drawn", "用电量"),
        ["load"] = ("Load", "负荷"),
        ["intervals"] = ("quarter hours", "个 15 分钟数据"),
        ["last-seen"] = ("Last message", "最近通信"),
        ["load-today"] = ("Load of the day", "当日负荷"),
        ["loading"] = ("Loading …", "加载中…"),
        ["more"] = ("More", "更多"),
        ["name"] = ("Name", "用户名"),
        ["never"] = ("never", "从未"),
        ["no-alarms"] = ("No alarms", "没有告警"),
        ["none"] = ("No data for this day yet.", "当天还没有数据。"),
        ["not-allowed"] = ("Your role does not allow this page.", "您的角色无权查看此页面。"),
        ["not-connected"] = ("not connected", "未连接"),
        ["offline"] = ("silent", "离线"),
        ["online"] = ("online", "在线"),
        ["overview"] = ("Overview", "总览"),
        ["pages"] = ("Pages", "页面"),
        ["password"] = ("Password", "密码"),
        ["rate"] = ("Rate", "费率"),
        ["reason"] = ("What", "内容"),
        ["records"] = ("Records since the start", "启动后入库记录"),
        ["refused"] = ("Name and password do not fit.", "用户名或密码错误。"),
        ["sign-in"] = ("Sign in", "登录"),
        ["sign-out"] = ("Sign out", "退出"),
        ["state"] = ("State", "状态"),
        ["unavailable"] = ("The database does not answer; the page tries again.", "数据库无响应，页面将自动重试。"),
        ["waiting"] = ("Waiting to be placed", "待建档"),
        ["commands"] = ("Commands", "远程命令"),
        ["command"] = ("Command", "命令"),
        ["arguments"] = ("Arguments (JSON)", "参数（JSON）"),
        ["devices-of-command"] = ("Devices", "设备"),
        ["simulate"] = ("Simulate", "模拟"),
        ["answer"] = ("Answer", "应答"),
        ["campaign"] = ("Campaign", "批量任务"),
        ["campaign-done"] = ("done", "已完成"),
        ["campaign-expired"] = ("nobody approved it within a day", "一天内无人复核，已失效"),
        ["campaign-kind"] = ("What goes out", "任务类型"),
        ["campaign-paused"] = ("⏸ paused", "⏸ 已暂停"),
        ["campaign-running"] = ("▶ is going out", "▶ 执行中"),
        ["campaign-stopped"] = ("stopped", "已停止"),
        ["campaign-waiting"] = ("waits for a second person", "等待复核"),
        ["campaigns"] = ("Campaigns", "批量任务"),
        ["errors-percent"] = ("Pauses above errors, %", "暂停阈值（错误 %）"),
        ["firmware"] = ("Firmware", "固件版本"),
        ["first-wave"] = ("First wave, devices", "首批设备数"),
        ["growth"] = ("Next wave, % of the one before", "下一批为上一批的 %"),
        ["hours"] = ("Ends after, h", "有效期（小时）"),
        ["kind-command"] = ("a command", "命令"),
        ["kind-freeze"] = ("a freeze", "冻结"),
        ["kind-tariff"] = ("a tariff", "费率方案"),
        ["model"] = ("Model", "型号"),
        ["no-campaign"] = ("There is no such campaign.", "没有此批量任务。"),
        ["no-campaigns"] = ("No campaign was made yet.", "还没有批量任务。"),
        ["outcome-active"] = ("under way", "进行中"),
        ["outcome-done"] = ("✓ carried out", "✓ 已执行"),
        ["outcome-refused"] = ("✗ refused", "✗ 设备拒绝"),
        ["outcome-silent"] = ("? no answer; may have been carried out", "? 无应答，可能已执行"),
        ["outcome-skipped"] = ("left out", "已跳过"),
        ["outcome-waiting"] = ("waits", "等待"),
        ["pause"] = ("Pause", "暂停"),
        ["pause-seconds"] = ("Pause between waves, s", "批次间隔（秒）"),
        ["pieces"] = ("Messages for each device", "每台设备报文数"),
        ["progress"] = ("Progress", "进度"),
        ["resume"] = ("Resume", "继续"),
        ["start"] = ("Start", "开始"),
        ["tariff"] = ("Tariff", "费率方案"),
        ["tariff-document"] = ("Tariff document (JSON)", "费率文件（JSON）"),
        ["tariff-text"] = ("a document of one's own", "自行输入文件"),
        ["too-late"] = ("Somebody else was faster; the list shows how it is now.", "状态已被他人更改，请查看最新列表。"),
        ["until"] = ("Until", "截止"),
        ["wave"] = ("Wave", "批次"),
        ["waves"] = ("Waves", "各批设备数"),
        ["send"] = ("Send", "发送"),
        ["ask-second"] = ("Ask a second person", "提交他人复核"),
        ["approve"] = ("Approve", "复核通过"),
        ["stop"] = ("Stop", "停止"),
        ["dangerous"] = ("may take somebody's supply", "可能导致停电"),
        ["no-signer"] = ("No signing service is set: nothing is sent.", "未配置签名服务，命令不会发送。"),
        ["plan-ready"] = ("gets it now", "立即下发"),
        ["plan-offline"] = ("is offline", "离线"),
        ["plan-protected"] = ("is never disconnected", "禁止停电"),
        ["plan-unknown"] = ("is not known", "未知设备"),
        ["order-waiting"] = ("waits for a second person", "等待复核"),
        ["order-running"] = ("is being sent", "下发中"),
        ["order-done"] = ("done", "已完成"),
        ["order-stopped"] = ("stopped", "已停止"),
        ["order-expired"] = ("nobody approved it within a day", "一天内无人复核，已失效"),
        ["target-waiting"] = ("waits", "等待"),
        ["target-sent"] = ("sent", "已下发"),
        ["target-done"] = ("carried out", "已执行"),
        ["target-refused"] = ("refused", "设备拒绝"),
        ["target-silent"] = ("no answer; may have been carried out", "无应答，可能已执行"),
        ["target-protected"] = ("never to be disconnected: not sent", "禁止停电，未下发"),
        ["target-stopped"] = ("stopped: not sent", "已停止，未下发"),
        ["target-failed"] = ("not sent", "未下发"),
        ["acknowledge"] = ("Acknowledge", "确认"),
        ["alarm-bill"] = ("Bill and meter differ", "账单与表计冻结不符"),
        ["alarm-data"] = ("Data are wrong", "数据异常"),
        ["alarm-loss"] = ("Line loss", "线损异常"),
        ["alarm-missing-data"] = ("Data are missing", "数据缺失"),
        ["alarm-overload"] = ("Transformer overloaded", "配变过载"),
        ["alarm-refused"] = ("Messages refused", "报文被拒绝"),
        ["alarm-silent"] = ("Silent since", "离线"),
        ["alarm-work"] = ("Daily job failed", "日常任务失败"),
        ["areas"] = ("Transformers", "台区"),
        ["clock"] = ("clock", "时钟异常"),
        ["duplicate"] = ("duplicate", "重复数据"),
        ["edit"] = ("Edit", "修改"),
        ["edited"] = ("edited", "人工修改"),
        ["edits"] = ("Estimates and edits", "估算与修改"),
        ["estimated"] = ("estimated", "估算"),
        ["hand"] = ("by hand", "人工"),
        ["highest-load"] = ("Highest load", "最大负载率"),
        ["job-backup"] = ("Backup", "备份"),
        ["job-bills"] = ("Bills against freezes", "账单与冻结核对"),
        ["job-check"] = ("Check of the data", "数据检查"),
        ["jobs"] = ("Daily jobs", "日常任务"),
        ["like-days"] = ("like days", "相似日"),
        ["loss"] = ("Loss", "线损率"),
        ["loss-trend"] = ("Line loss", "线损趋势"),
        ["members"] = ("Members", "用户数"),
        ["missing"] = ("missing", "缺失"),
        ["negative"] = ("register went back", "表码倒走"),
        ["no-areas"] = ("No transformer areas on this day.", "当天没有台区。"),
        ["no-findings"] = ("Nothing was found on this day.", "当天没有发现问题。"),
        ["no-supply"] = ("no meter of its own", "无总表"),
        ["not-whole"] = ("not whole", "数据不完整"),
        ["notes"] = ("Notes", "备注"),
        ["open"] = ("Going on", "未恢复"),
        ["quality"] = ("Data", "数据质量"),
        ["new-user"] = ("New user", "新增用户"),
        ["register"] = ("registers", "表码差"),
        ["register-sum"] = ("register and sum differ", "表码与电量不符"),
        ["remove"] = ("Remove", "删除"),
        ["role"] = ("Role", "角色"),
        ["role-admin"] = ("admin", "管理员"),
        ["role-engineer"] = ("engineer", "工程师"),
        ["role-operator"] = ("operator", "操作员"),
        ["role-viewer"] = ("viewer", "只读用户"),
        ["rule"] = ("Rule", "规则"),
        ["save"] = ("Save", "保存"),
        ["since"] = ("Since", "开始时间"),
        ["sold"] = ("Sold", "售电量"),
        ["spike"] = ("spike", "突变"),
        ["stopped"] = ("stopped", "停走"),
        ["subject"] = ("Subject", "对象"),
        ["supplied"] = ("Supplied", "供电量"),
        ["time"] = ("Time", "时间"),
        ["unbalance"] = ("Phase unbalance", "三相不平衡度"),
        ["users"] = ("Users", "用户管理"),
        ["voltage-rate"] = ("Voltage in limits", "电压合格率"),
        ["was"] = ("Before", "原值"),
        ["who"] = ("Who", "操作人"),
        ["why"] = ("Reason", "原因"),
        ["withdraw"] = ("Withdraw", "撤销"),
        ["withdrawn"] = ("withdrawn", "已撤销"),
        ["sharp"] = ("sharp", "尖"),
        ["peak"] = ("peak", "峰"),
        ["flat"] = ("flat", "平"),
        ["valley"] = ("valley", "谷"),
        ["deep"] = ("deep valley", "深谷"),
    };

    private static readonly Words _english = new("en");
    private static readonly Words _chinese = new("zh");

    private Words(string language) => Language = language;

    /// <summary>en or zh.</summary>
    public string Language { get; }

    /// <summary>All words, for a test: none may be missing in one language.</summary>
    internal static IReadOnlyDictionary<string, (string English, string Chinese)> All => _words;

    /// <summary>The word; what is no word of ours, a rate's name for example, stays as it is.</summary>
    public string this[string word] => !_words.TryGetValue(word, out (string English, string Chinese) both) ? word
        : Language == "zh" ? both.Chinese : both.English;

    /// <summary>Name of an interval's rate; its number where the device told no name.</summary>
    public string Rate(LoadPoint point) => string.IsNullOrEmpty(point.Rate)
        ? this["rate"] + " " + (point.RateIndex + 1).ToString(CultureInfo.InvariantCulture) : this[point.Rate];

    /// <summary>A time in the utility's zone, to the second; the word "never" for null.</summary>
    public string Time(DateTimeOffset? time) =>
        time?.ToOffset(TownClock.Offset).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? this["never"];

    /// <summary>A date.</summary>
    public static string Date(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>An energy in kWh, exact to the Wh; a dash for null.</summary>
    public static string KilowattHours(long? milliwattHours) => milliwattHours is { } energy
        ? (energy / 1_000_000m).ToString("0.000", CultureInfo.InvariantCulture) : "–";

    /// <summary>Thousandths as percent; a dash for null.</summary>
    public static string Percent(int? permille) =>
        permille is { } part ? (part / 10m).ToString("0.0", CultureInfo.InvariantCulture) + " %" : "–";

    /// <summary>The words of a language.</summary>
    public static Words Of(string language) => language == "zh" ? _chinese : _english;
}
