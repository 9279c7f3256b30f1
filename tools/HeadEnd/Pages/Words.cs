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
        ["refused-messages"] = ("messages refused, the last:", "条报文被拒绝，最近一条："),
        ["sign-in"] = ("Sign in", "登录"),
        ["sign-out"] = ("Sign out", "退出"),
        ["silent-since"] = ("silent", "离线"),
        ["state"] = ("State", "状态"),
        ["unavailable"] = ("The database does not answer; the page tries again.", "数据库无响应，页面将自动重试。"),
        ["waiting"] = ("Waiting to be placed", "待建档"),
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

    /// <summary>The words of a language.</summary>
    public static Words Of(string language) => language == "zh" ? _chinese : _english;
}
