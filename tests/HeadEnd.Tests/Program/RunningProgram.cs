using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using MeterFirmware.Tools.HeadEnds.Web;

namespace MeterFirmware.HeadEnds.Tests.Program;

/// <summary>The program on free ports, with a browser that keeps cookies and follows no redirect.</summary>
internal sealed partial class RunningProgram : IAsyncDisposable
{
    private readonly CookieContainer _cookies = new();

    private RunningProgram(HeadEndProgram program)
    {
        Program = program;
        Browser = new HttpClient(new HttpClientHandler { CookieContainer = _cookies, AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(program.Address),
        };
    }

    public HeadEndProgram Program { get; }

    public HttpClient Browser { get; }

    public static async Task<RunningProgram> StartAsync(string folder, params string[] more) =>
        new(await HeadEndProgram.StartAsync([$"--HeadEnd:Folder={folder}", "--HeadEnd:Address=http://127.0.0.1:0",
            "--HeadEnd:EmbeddedBrokerPort=0", .. more]));

    /// <summary>Signs in as a person does: with the page's form.</summary>
    public async Task<HttpResponseMessage> SignInAsync(string name, string password, string back = "/") =>
        await PostAsync("/sign-in", new() { ["name"] = name, ["password"] = password, ["back"] = back });

    /// <summary>Sends a form with the token that its page holds.</summary>
    public async Task<HttpResponseMessage> PostAsync(string path, Dictionary<string, string> form)
    {
        string page = await Browser.GetStringAsync("/sign-in");
        form["__RequestVerificationToken"] = Token().Match(page).Groups[1].Value;
        return await Browser.PostAsync(path, new FormUrlEncodedContent(form));
    }

    /// <summary>A machine with a token of this role.</summary>
    public async Task<HttpClient> MachineAsync(string name, string role)
    {
        HttpResponseMessage made = await Browser.PostAsJsonAsync("/api/v1/tokens", new { name, role, days = 1 });
        made.EnsureSuccessStatusCode();
        string token = (await made.Content.ReadFromJsonAsync<Dictionary<string, string>>())!["token"];
        HttpClient machine = new() { BaseAddress = Browser.BaseAddress };
        machine.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return machine;
    }

    public async ValueTask DisposeAsync()
    {
        Browser.Dispose();
        await Program.DisposeAsync();
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
