using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MeterFirmware.HeadEnds.Tests.Program;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.HeadEnds.Campaigns;
using MeterFirmware.Tools.HeadEnds.Web;
using MeterFirmware.Tools.HeadEnds.Web.Accounts;
using MeterFirmware.Tools.Tests.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Orders;

/// <summary>Commands over HTTP and the embedded broker; another process signs them.</summary>
[TestClass]
public sealed class CommandProgramTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mf-order-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task ACommandGoesFromTheApiByAProcessOfItsOwnToTheDeviceAndItsAnswerComesBack()
    {
        using CommandedDevice one = new("m1");
        using CommandedDevice two = new("m2");
        await File.WriteAllTextAsync(In("m1.key"), one.KeyLine());
        await File.WriteAllTextAsync(In("m2.key"), two.KeyLine());
        WritePrivate(In("passphrase"), "correct horse battery staple\n");
        string[] vault = ["--keys", In("vault"), "--passphrase", In("passphrase")];
        using (Process keys = Start(["keys", .. vault, "--add", $"{In("m1.key")},{In("m2.key")}"]))
        {
            StringAssert.StartsWith(await keys.StandardOutput.ReadToEndAsync(), "2 keys added");
        }

        using Process signer = Start(["signer", .. vault, "--socket", In("socket"), "--token", In("token")]);
        try
        {
            StringAssert.StartsWith(await signer.StandardOutput.ReadLineAsync(), "Signs with 2 keys");
            await using RunningProgram running = await RunningProgram.StartAsync(In("data"),
                $"--HeadEnd:SignerSocket={In("socket")}", $"--HeadEnd:SignerToken={In("token")}");
            await CommandAsync(running, one, two);
        }
        finally
        {
            signer.Kill();
            await signer.WaitForExitAsync();
        }
    }

    [TestMethod]
    public async Task WithoutASigningServiceNothingIsOrdered()
    {
        await using RunningProgram running = await RunningProgram.StartAsync(In("data"));
        await running.SignInAsync("admin", running.Program.FirstPassword);
        object order = new { command = "health", devices = new[] { "m1" }, why = "test" };
        Assert.AreEqual(HttpStatusCode.Conflict,
            (await running.Browser.PostAsJsonAsync("/api/v1/commands", order)).StatusCode);
    }

    private static async Task CommandAsync(RunningProgram running, CommandedDevice one, CommandedDevice two)
    {
        HttpClient admin = running.Browser;
        await running.SignInAsync("admin", running.Program.FirstPassword);
        Until.True(() => running.Program.HeadEnd.IsReady, "subscribed");
        foreach (CommandedDevice device in new[] { one, two })
        {
            await device.ConnectAsync(running.Program.BrokerPort);
            StatusArrival birth = new(device.Address, true, 0, 1, 1, null, "{}"u8.ToArray());
            new RecordIntake(running.Program.HeadEnd.Store).Store([birth], new HeadEndCounters(), null);
        }

        using JsonDocument plan = await PostAsync(admin, HttpStatusCode.OK,
            new { command = "freeze", devices = new[] { "m1" }, why = "test", simulate = true });
        Assert.AreEqual("ready", plan.RootElement.GetProperty("devices")[0].GetProperty("outcome").GetString());
        using JsonDocument bad = await PostAsync(admin, HttpStatusCode.BadRequest,
            new { command = "clear", arguments = new { what = "all" }, devices = new[] { "m1" }, why = "test" });
        StringAssert.Contains(bad.RootElement.GetProperty("detail").GetString(), "arguments of clear");
        long id = await OrderAsync(admin, new { command = "freeze", devices = new[] { "m1" }, why = "test" });
        Until.True(() => State(admin, id) == "done", "answered");
        CollectionAssert.AreEqual(new[] { "freeze" }, one.Done.ToArray());
        using JsonDocument devices = JsonDocument.Parse(await admin.GetStringAsync($"/api/v1/commands/{id}/devices"));
        StringAssert.Contains(devices.RootElement.GetProperty("items")[0].GetProperty("answer").GetString(),
            "\"ok\":true");

        object open = new
        {
            command = "relay",
            arguments = new { closed = false },
            devices = new[] { "m1", "m2" },
            why = "fire",
        };
        using HttpClient machine = await running.MachineAsync("robot", Roles.Engineer);
        using HttpClient reader = await running.MachineAsync("reader", Roles.Operator);
        (await PostAsync(machine, HttpStatusCode.BadRequest, open)).Dispose();
        Assert.AreEqual(HttpStatusCode.Forbidden, (await reader.PostAsJsonAsync("/api/v1/commands", open)).StatusCode);
        id = await OrderAsync(admin, open);
        Assert.AreEqual("waiting", State(admin, id));
        string approve = $"/api/v1/commands/{id}/approve";
        Assert.AreEqual(HttpStatusCode.Conflict, (await admin.PostAsync(approve, null)).StatusCode);
        Assert.AreEqual(HttpStatusCode.Conflict, (await machine.PostAsync(approve, null)).StatusCode);
        StringAssert.Contains(await admin.GetStringAsync("/commands"), "waits for a second person");
        running.Program.Services.GetRequiredService<AccountStore>()
            .Add("bob", "battery staple", Roles.Engineer, "test");
        await running.SignInAsync("bob", "battery staple");
        Assert.AreEqual(HttpStatusCode.NoContent, (await admin.PostAsync(approve, null)).StatusCode);
        Until.True(() => State(admin, id) == "done", "answered by both");
        CollectionAssert.AreEqual(new[] { "relay" }, two.Done.ToArray());
        HttpResponseMessage stop = await admin.PostAsync($"/api/v1/commands/{id}/stop", null);
        Assert.AreEqual(HttpStatusCode.Conflict, stop.StatusCode, "it is done");
        CollectionAssert.IsSubsetOf(new[] { "command.order", "command.approve" }, running.Program.Services
            .GetRequiredService<AccountStore>().Audit(null, 20).Select(line => line.Action).ToArray());
        string page = WebUtility.HtmlDecode(await admin.GetStringAsync("/commands"));
        StringAssert.Contains(page, "carried out");
        await CampaignAsync(running, admin, reader, one, two);
    }

    private static async Task CampaignAsync(RunningProgram running, HttpClient person, HttpClient reader,
        CommandedDevice one, CommandedDevice two)
    {
        const string Path = "/api/v1/campaigns";
        string[] devices = ["m1", "m2"];
        using JsonDocument wrong = await PostAsync(person, HttpStatusCode.BadRequest,
            new { document = new { name = "x" }, devices, why = "test" }, Path);
        Assert.IsTrue(wrong.RootElement.GetProperty("errors").GetArrayLength() > 0, "each with its path");
        StringAssert.StartsWith(wrong.RootElement.GetProperty("errors")[0].GetProperty("path").GetString(), "$");
        (await PostAsync(person, HttpStatusCode.BadRequest,
            new { tariff = "../../etc/passwd", devices, why = "test" }, Path)).Dispose();
        (await PostAsync(person, HttpStatusCode.BadRequest,
            new { tariff = "shanghai-household", command = "freeze", devices, why = "test" }, Path)).Dispose();
        (await PostAsync(person, HttpStatusCode.BadRequest,
            new { command = "freeze", devices, why = "test", waves = new { first = 0 } }, Path)).Dispose();
        object asked = new
        {
            tariff = "shanghai-household",
            devices,
            why = "new prices",
            waves = new
            {
                first = 1,
                pauseSeconds = 0
            }
        };
        Assert.AreEqual(HttpStatusCode.Forbidden, (await reader.PostAsJsonAsync(Path, asked)).StatusCode);
        using JsonDocument made = await PostAsync(person, HttpStatusCode.Created, asked, Path);
        long id = made.RootElement.GetProperty("campaign").GetProperty("id").GetInt64();
        CampaignStore campaigns = running.Program.Services.GetRequiredService<CampaignStore>();
        Until.True(() => campaigns.Find(id)!.State == CampaignStates.Done, "both waves");
        byte[] table = TariffFile.Load("shanghai-household").Bytes;
        CollectionAssert.AreEqual(table, one.Tables.Single());
        CollectionAssert.AreEqual(table, two.Tables.Single());
        using JsonDocument told = JsonDocument.Parse(await reader.GetStringAsync($"{Path}/{id}/devices?state=done"));
        Assert.AreEqual(2, told.RootElement.GetProperty("items").GetArrayLength());
        Assert.AreEqual(HttpStatusCode.Conflict, (await person.PostAsync($"{Path}/{id}/pause", null)).StatusCode);
        Assert.AreEqual(HttpStatusCode.Forbidden, (await reader.PostAsync($"{Path}/{id}/resume", null)).StatusCode);
        Assert.AreEqual(HttpStatusCode.NotFound, (await reader.GetAsync($"{Path}/99")).StatusCode);
        StringAssert.Contains(WebUtility.HtmlDecode(await person.GetStringAsync($"/campaigns?id={id}")), "2/2");
        Assert.IsTrue(running.Program.Services.GetRequiredService<AccountStore>().Audit(null, 20)
            .Any(line => line.Action == "campaign.make"));
    }

    private static async Task<JsonDocument> PostAsync(HttpClient client, HttpStatusCode expected, object order,
        string path = "/api/v1/commands")
    {
        HttpResponseMessage answer = await client.PostAsJsonAsync(path, order);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.AreEqual(expected, answer.StatusCode, text);
        return JsonDocument.Parse(text);
    }

    private static async Task<long> OrderAsync(HttpClient client, object order)
    {
        using JsonDocument made = await PostAsync(client, HttpStatusCode.Created, order);
        return made.RootElement.GetProperty("order").GetProperty("id").GetInt64();
    }

    private static string State(HttpClient client, long id)
    {
        using JsonDocument view = JsonDocument.Parse(
            client.GetStringAsync($"/api/v1/commands/{id}").GetAwaiter().GetResult());
        return view.RootElement.GetProperty("order").GetProperty("state").GetString();
    }

    /// <summary>The same program in another role.</summary>
    private static Process Start(string[] arguments)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!.Contains("dotnet") ? Environment.ProcessPath : "dotnet")
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(typeof(HeadEndProgram).Assembly.Location);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private static void WritePrivate(string path, string text)
    {
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private string In(string name) => Path.Combine(_folder, name);
}
