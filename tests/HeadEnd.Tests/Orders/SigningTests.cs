using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MeterFirmware.Commands;
using MeterFirmware.Tools.HeadEnds.Orders;
using MeterFirmware.Tools.HeadEnds.Web.Settings;
using MeterFirmware.Tools.HeadEnds.Web.Signing;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Orders;

/// <summary>Keys are encrypted at rest; the service signs what a role may, and gives no key away.</summary>
[TestClass]
public sealed class SigningTests : IDisposable
{
    private const string Passphrase = "correct horse battery staple";

    private readonly string _folder = Directory.CreateTempSubdirectory("mf-sign-").FullName;
    private DateTimeOffset _now = DateTimeOffset.UtcNow;

    private string Vault => Path.Combine(_folder, "keys.vault");

    private string Address => Path.Combine(_folder, "s");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void KeysAreReadWithTheirPassphraseOnlyAndStandNowhereInTheFile()
    {
        using CommandedDevice device = new("m1");
        List<RoleKey> keys = RoleKey.Parse("k", device.KeyLine() + "\n" + device.KeyLine(CommandRole.Technician));
        KeyVault.Write(Vault, keys, Passphrase);
        string text = File.ReadAllText(Vault);
        Assert.IsFalse(text.Contains(Convert.ToHexStringLower(keys[0].Key), StringComparison.OrdinalIgnoreCase));
        Assert.IsFalse(text.Contains(Convert.ToBase64String(keys[0].Key)[..20], StringComparison.Ordinal));
        Assert.AreEqual(string.Concat(keys.Select(key => key.Line)),
            string.Concat(KeyVault.Read(Vault, Passphrase).Select(key => key.Line)));
        if (!OperatingSystem.IsWindows())
        {
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Vault));
        }

        StringAssert.Contains(Assert.Throws<SettingsException>(() => KeyVault.Read(Vault, Passphrase + "r")).Message,
            "the passphrase is another one");
        int middle = text.IndexOf("\"keys\":\"", StringComparison.Ordinal) + 20;
        File.WriteAllText(Vault, text[..middle] + (text[middle] == 'A' ? 'B' : 'A') + text[(middle + 1)..]);
        Assert.Throws<SettingsException>(() => KeyVault.Read(Vault, Passphrase));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("[]")]
    [DataRow("null")]
    [DataRow("{}")]
    [DataRow("""{"format":"meterfirmware-keys","iterations":2000000000,"salt":"","nonce":"","tag":"","keys":""}""")]
    public void AFileThatIsNoVaultIsNamed(string text)
    {
        File.WriteAllText(Vault, text);
        StringAssert.Contains(
            Assert.Throws<SettingsException>(() => KeyVault.Read(Vault, Passphrase)).Message, "keys.vault");
    }

    [TestMethod]
    [DataRow("m1 utility 1 abcd")]
    [DataRow("m 1 utility 1 0000000000000000000000000000000000000000000000000000000000000000")]
    [DataRow("m1 image 0 0000000000000000000000000000000000000000000000000000000000000000")]
    [DataRow("m1 utility 0 0000000000000000000000000000000000000000000000000000000000000000")]
    public void ALineThatIsNoRolesKeyIsNamedWithoutWhatStandsInIt(string line)
    {
        using CommandedDevice device = new("m1");
        string message = Assert.Throws<SettingsException>(() => RoleKey.Parse("k", device.KeyLine() + line)).Message;
        StringAssert.Contains(message, "line 2");
        Assert.IsFalse(message.Contains("0000", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task TheServiceSignsOverItsSocketWhatTheDeviceTakes()
    {
        using CommandedDevice device = new("m1");
        await using SigningService service = Start(device, 50);
        SigningClient client = new(Address, "secret");
        SignedCommand signed = await client.SignAsync(Order("freeze", "{}"), "m1", 0, 60, CancellationToken.None);
        StringAssert.Contains(Encoding.UTF8.GetString(
            device.Handle(Encoding.UTF8.GetBytes(signed.Message), _now)), "\"ok\":true");
        CollectionAssert.AreEqual(new[] { "freeze" }, device.Done.ToArray());
        SignedCommand next = await client.SignAsync(Order("health", "{}"), "m1", signed.Id + 5, 60,
            CancellationToken.None);
        Assert.AreEqual(signed.Id + 6, next.Id, "above what the device has taken");
        if (!OperatingSystem.IsWindows())
        {
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Address));
        }
    }

    [TestMethod]
    public async Task WhatItDoesNotSignIsNamed()
    {
        using CommandedDevice device = new("m1");
        await using SigningService service = Start(device, 1);
        foreach ((string token, string role, string command, string arguments, string named) in new[]
        {
            ("guess", "utility", "health", "{}", "token"), ("secret", "utility", "reset", "{}", "may not give"),
            ("secret", "utility", "dance", "{}", "may not give"), ("secret", "reader", "health", "{}", "no reader key"),
            ("secret", "utility", "health", "{},\"mac\":\"\"", "arguments"),
            ("secret", "utility", "health", "7", "arguments"),
        })
        {
            SignerException refused = await Assert.ThrowsAsync<SignerException>(() => new SigningClient(Address, token)
                .SignAsync(Order(command, arguments) with { Role = role }, "m1", 0, 60, CancellationToken.None));
            StringAssert.Contains(refused.Message, named);
            Assert.IsFalse(refused.IsLater);
        }

        SigningClient client = new(Address, "secret");
        CommandOrder open = Order("relay", """{"closed":false}""");
        CommandOrder longOne = Order("relay", $$"""{"closed":false,"x":"{{new string('x', 2_048)}}"}""");
        SignerException tooLong = await Assert.ThrowsAsync<SignerException>(
            () => client.SignAsync(longOne, "m1", 0, 60, CancellationToken.None));
        StringAssert.Contains(tooLong.Message, "longer", "and what is not signed counts as no device");
        await client.SignAsync(open, "m1", 0, 60, CancellationToken.None);
        SignerException paced = await Assert.ThrowsAsync<SignerException>(
            () => client.SignAsync(open, "m1", 0, 60, CancellationToken.None));
        Assert.IsTrue(paced.IsLater, "the service itself holds the number of devices a minute");
        await client.SignAsync(Order("relay", """{"closed":true}"""), "m1", 0, 60, CancellationToken.None);
        _now = _now.AddMinutes(1);
        await client.SignAsync(open, "m1", 0, 60, CancellationToken.None);
    }

    [TestMethod]
    public async Task WhatIsNoRequestEndsNothingAndALongLineEndsItsConnection()
    {
        using CommandedDevice device = new("m1");
        await using SigningService service = Start(device, 50);
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Address));
        await using NetworkStream stream = new(socket);
        using StreamReader reader = new(stream);
        foreach (string line in new[] { "x", "null", "{}", "[]", """{"token":"secret","above":-1}""" })
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
            using JsonDocument answer = JsonDocument.Parse((await reader.ReadLineAsync())!);
            Assert.AreEqual(JsonValueKind.Null, answer.RootElement.GetProperty("message").ValueKind, line);
        }

        try
        {
            await stream.WriteAsync(new byte[20_000]);
            Assert.IsNull(await reader.ReadLineAsync());
        }
        catch (IOException)
        {
            // Its end comes with what it has not read.
        }

        await new SigningClient(Address, "secret").SignAsync(
            Order("health", "{}"), "m1", 0, 60, CancellationToken.None);
    }

    [TestMethod]
    public async Task AServiceThatIsNotThereIsAskedAgainLater()
    {
        SignerException away = await Assert.ThrowsAsync<SignerException>(() => new SigningClient(Address, "secret")
            .SignAsync(Order("health", "{}"), "m1", 0, 60, CancellationToken.None));
        Assert.IsTrue(away.IsLater);
        LeaveSocket();
        using CommandedDevice device = new("m1");
        await using (SigningService service = Start(device, 50))
        {
            await new SigningClient(Address, "secret").SignAsync(
                Order("health", "{}"), "m1", 0, 60, CancellationToken.None);
        }

        Assert.IsFalse(File.Exists(Address), "it ends with its service");
    }

    [TestMethod]
    public async Task WhatIsNoSocketStaysWhereItIs()
    {
        using CommandedDevice device = new("m1");
        File.WriteAllText(Address, "keys");
        StringAssert.StartsWith(Assert.Throws<SettingsException>(() => Start(device, 50)).Message, "--socket");
        Assert.AreEqual("keys", File.ReadAllText(Address));
        await using (SigningService unstarted = Make(device, 50))
        {
            // Its end takes nothing that is not its own.
        }

        Assert.AreEqual("keys", File.ReadAllText(Address));
        File.Delete(Address);
        string aside = Path.Combine(_folder, "aside");
        LeaveSocket();
        File.Move(Address, aside);
        File.CreateSymbolicLink(Address, aside);
        Assert.Throws<SettingsException>(() => Start(device, 50));
        Assert.AreEqual(aside, new FileInfo(Address).LinkTarget);
    }

    [TestMethod]
    public async Task TheSocketOfAServiceThatWorksIsNotTaken()
    {
        using CommandedDevice device = new("m1");
        await using SigningService first = Start(device, 50);
        await using (SigningService second = Make(device, 50))
        {
            StringAssert.Contains(Assert.Throws<SettingsException>(second.Start).Message, "answers there");
        }

        await new SigningClient(Address, "secret").SignAsync(
            Order("health", "{}"), "m1", 0, 60, CancellationToken.None);
    }

    private static CommandOrder Order(string command, string arguments) => new(1, command, arguments, "utility", "test",
        false, OrderStates.Running, "ann", DateTimeOffset.UtcNow, "", "");

    private SigningService Start(CommandedDevice device, int aMinute)
    {
        SigningService service = Make(device, aMinute);
        service.Start();
        return service;
    }

    private SigningService Make(CommandedDevice device, int aMinute)
    {
        List<RoleKey> keys = RoleKey.Parse("k", device.KeyLine());
        return new SigningService(new SigningDesk(keys, "secret", aMinute, () => _now), Address);
    }

    /// <summary>What a service that was killed leaves: a socket at which nobody listens.</summary>
    private void LeaveSocket()
    {
        string before = Address + "0";
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(before));
        File.Move(before, Address);
    }
}
