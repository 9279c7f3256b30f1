using System;
using System.Diagnostics;
using System.IO;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Modbus;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Modbus;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Modbus;

/// <summary>`meterctl modbus`, and the firmware's meter against mbpoll and pymodbus.</summary>
[TestClass]
public class ModbusCommandLineTests
{
    // Debian's own: it has the package, whatever other Python stands in front of it.
    private const string Python = "/usr/bin/python3";

    [TestMethod]
    public void TheRecordedAnswerDecodesToItsVoltage()
    {
        (int code, JsonElement json, _) = Run("decode 01 04 04 43 66 80 00 6F DF --json");
        Assert.AreEqual(0, code);
        Assert.AreEqual("230.5", json.GetProperty("frames")[0].GetProperty("floats")[0].GetString());
        Assert.AreEqual("reply", json.GetProperty("frames")[0].GetProperty("kind").GetString());
        (_, json, _) = Run("decode 01 04 00 00 00 02 71 CB 01 84 02 C2 C1 --json");
        Assert.AreEqual("request", json.GetProperty("frames")[0].GetProperty("kind").GetString());
        Assert.AreEqual("02 address is not there", json.GetProperty("frames")[1].GetProperty("exception").GetString());
        (_, json, _) = Run("decode --tcp 00 01 00 00 00 06 01 03 9C 40 00 02 --json");
        Assert.AreEqual(40_000, json.GetProperty("frames")[0].GetProperty("address").GetInt32());
    }

    [TestMethod]
    [DataRow("decode 01 04 04 43 66 80 00 6F DE", 1, "crc")]
    [DataRow("decode 01 04", 1, "truncated")]
    [DataRow("decode --tcp 00 01 00 01 00 06 01 03 9C 40 00 02", 1, "protocol")]
    [DataRow("decode --tcp 00 01 00 00 00 07 01 03 9C 40 00 02", 1, "truncated")]
    [DataRow("decode zz", 2, "hex")]
    [DataRow("read --tcp 127.0.0.1:1 --meter nothing", 2, "sdm630")]
    [DataRow("read --tcp 127.0.0.1:1", 2, "--register")]
    [DataRow("read --tcp 127.0.0.1 --register 1", 2, "HOST:PORT")]
    [DataRow("read --tcp 127.0.0.1:1 --register 65535:2", 2, "--register")]
    [DataRow("read --tcp 127.0.0.1:1 --register 1:126", 2, "--register")]
    [DataRow("read --tcp 127.0.0.1:1 --register 1 --function 5", 2, "--function")]
    [DataRow("read --tcp 127.0.0.1:1 --register 1 --unit 0", 2, "--unit")]
    [DataRow("serve --unit 1", 2, "--port")]
    [DataRow("serve --port 0 --unit 248", 2, "--unit")]
    public void BadInputIsOneLineAndItsExitCode(string arguments, int code, string word)
    {
        CommandLine run = CommandLine.Run(["modbus", .. arguments.Split(' ')]);
        Assert.AreEqual(code, run.ExitCode, run.Errors);
        StringAssert.Contains(run.Errors, word);
        Assert.AreEqual(1, run.Errors.Trim().Split('\n').Length, run.Errors);
    }

    [TestMethod]
    public void RegistersAreThoseOfThePlainMap()
    {
        CommandLine run = CommandLine.Run("modbus", "registers");
        Assert.AreEqual(0, run.ExitCode, run.Errors);
        StringAssert.Contains(run.Output, "   32 0x0020  active         total, L1, L2, L3 mW");
        StringAssert.Contains(run.Output, " 1024 0x0400  import         each rate         Wh");
        (_, JsonElement json, _) = Run("registers --json");
        foreach (JsonElement row in json.GetProperty("registers").EnumerateArray())
        {
            int register = row.GetProperty("register").GetInt32();
            int quantity = Quantity.Find(row.GetProperty("quantity").GetString());
            Assert.AreEqual(register, register < PlainTable.ImportRates ? PlainTable.RegisterOf(quantity)
                : quantity == Quantity.Import ? PlainTable.ImportRates : PlainTable.ExportRates);
        }
    }

    [TestMethod]
    public void AFileWithAFaultIsNamedWithItsLine()
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, "name x\nread 0 2\nvolts 1 0 f32 1 V\n");
        CommandLine run = CommandLine.Run("modbus", "read", "--tcp", "127.0.0.1:1", "--meter", path);
        File.Delete(path);
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.Contains(run.Errors, $"{path}, line 3: 'volts'");
    }

    [TestMethod]
    public async Task TheServedMeterIsReadByItsSunSpecModelsAndProposed() => await WithMeter(port =>
    {
        (int code, JsonElement json, string errors) = Run(
            $"read --tcp 127.0.0.1:{port} --meter sunspec-meter-float --json");
        Assert.AreEqual(0, code, errors);
        double watts = 0;
        foreach (JsonElement value in json.GetProperty("values").EnumerateArray())
        {
            if (value.GetProperty("name").GetString() == "active" && value.GetProperty("phase").GetInt32() == 0)
            {
                watts = double.Parse(value.GetProperty("value").GetString(),
                    System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        Assert.AreEqual(1_150, watts, 2);
        (code, json, _) = Run($"read --tcp 127.0.0.1:{port} --register 40000:2 --json");
        Assert.AreEqual("5375", json.GetProperty("reads")[0].GetProperty("registers")[0].GetString());
        (code, _, errors) = Run($"read --tcp 127.0.0.1:{port} --register 39999:2");
        Assert.AreEqual(1, code);
        StringAssert.Contains(errors, "02 address is not there");
        (code, _, errors) = Run($"read --tcp 127.0.0.1:{port} --register 40000 --unit 9");
        Assert.AreEqual(1, code);
        StringAssert.Contains(errors, "gateway has no path");
        (code, _, errors) = Run($"read --tcp 127.0.0.1:{port} --meter sunspec-inverter");
        Assert.AreEqual(1, code);
        StringAssert.Contains(errors, "no SunSpec model 101 to 103");
    });

    [TestMethod]
    public async Task MbpollReadsTheServedMeter()
    {
        SkipWithout("mbpoll", "-V");
        await WithMeter(port =>
        {
            string text = Program("mbpoll", $"-m tcp -p {port} -a 1 -0 -1 -r 40000 -c 4 -t 4:hex 127.0.0.1");
            StringAssert.Contains(text, "0x5375");
            StringAssert.Contains(text, "0x0042");

            // Function 04, 125 registers, and one too many.
            text = Program("mbpoll", $"-m tcp -p {port} -a 1 -0 -1 -r 40000 -c 125 -t 3:hex 127.0.0.1");
            StringAssert.Contains(text, "[40124]");
            text = Program("mbpoll", $"-m tcp -p {port} -a 1 -0 -1 -r 39000 -c 2 -t 4:hex 127.0.0.1");
            StringAssert.Contains(text, "Illegal data address");
        });
    }

    [TestMethod]
    public async Task MbpollReadsTheMeterOverASerialLine()
    {
        SkipWithout("mbpoll", "-V");
        if (!PseudoTerminal.IsThere)
        {
            Assert.Inconclusive("skipped: /dev/ptmx not found");
        }

        using PseudoTerminal line = new();
        using ModbusHost host = new(line, new ModbusSettings(), TariffFile.Load("china-workplace-five-rates").Table,
            1_150);
        host.Start();
        await While(host, () =>
        {
            string text = Program("mbpoll", $"-m rtu -b 9600 -P none -a 1 -0 -1 -r 40000 -c 4 -t 4:hex {line.Name}");
            StringAssert.Contains(text, "0x5375");
        });
    }

    /// <summary>From model to model, as any SunSpec client does; then W of model 701, which is turned there.</summary>
    [TestMethod]
    public async Task PymodbusWalksThroughTheModelsOfTheServedMeter()
    {
        SkipWithout(Python, "-c \"import pymodbus.server\"");
        string script = Path.Combine(Path.GetTempPath(), $"pymodbus-{Guid.NewGuid():N}.py");
        await File.WriteAllTextAsync(script, """
            import sys
            from pymodbus.client import ModbusTcpClient
            client = ModbusTcpClient("127.0.0.1", port=int(sys.argv[1]))
            assert client.connect()
            def read(at, count):
                return client.read_holding_registers(at, count, slave=1).registers
            assert read(40000, 2) == [0x5375, 0x6E53]
            at, chain, places = 40002, "", {}
            while read(at, 1)[0] != 0xFFFF:
                model, length = read(at, 2)
                chain += f"{model}:{length} "
                places[model] = at
                at += 2 + length
            watts, scale = read(places[701] + 10, 1)[0], read(places[701] + 116, 1)[0]
            print(chain + str((watts - 0x10000) * 10 ** scale))
            """);
        try
        {
            await WithMeter(port =>
            {
                string text = Program(Python, $"{script} {port}").Trim();
                StringAssert.StartsWith(text, "1:66 201:105 211:124 701:153 -", text);
                Assert.AreEqual(-1_150, int.Parse(text.Split(' ')[^1],
                    System.Globalization.CultureInfo.InvariantCulture), 3, text);
            });
        }
        finally
        {
            File.Delete(script);
        }
    }

    [TestMethod]
    public void PymodbusServesWhatTheClientReads()
    {
        SkipWithout(Python, "-c \"import pymodbus.server\"");
        string script = Path.Combine(Path.GetTempPath(), $"pymodbus-{Guid.NewGuid():N}.py");
        File.WriteAllText(script, """
            import asyncio, socket
            from pymodbus.server.async_io import ModbusTcpServer
            from pymodbus.datastore import ModbusSequentialDataBlock, ModbusSlaveContext, ModbusServerContext
            async def main():
                port = socket.socket(); port.bind(("127.0.0.1", 0)); number = port.getsockname()[1]; port.close()
                block = ModbusSequentialDataBlock(0, [0] * 0x200)
                block.setValues(0, [0x4366, 0x8000]); block.setValues(0x0C, [0x442F, 0])
                block.setValues(0x48, [0x42F6, 0xE979])
                context = ModbusServerContext(ModbusSlaveContext(ir=block, hr=block, zero_mode=True), single=True)
                server = ModbusTcpServer(context, address=("127.0.0.1", number))
                task = asyncio.ensure_future(server.serve_forever())
                await server.serving
                print(number, flush=True)
                await task
            asyncio.run(main())
            """);
        using Process server = Process.Start(new ProcessStartInfo(Python, script)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            string port = server.StandardOutput.ReadLine();
            Assert.IsNotNull(port, "pymodbus did not start");
            (int code, JsonElement json, string errors) = Run($"read --tcp 127.0.0.1:{port} --meter sdm120 --json");
            Assert.AreEqual(0, code, errors);
            Assert.AreEqual("230.5", json.GetProperty("values")[0].GetProperty("value").GetString());
            (code, _, errors) = Run($"read --tcp 127.0.0.1:{port} --register 0x300:2");
            Assert.AreEqual(1, code);
            StringAssert.Contains(errors, "02 address is not there");
        }
        finally
        {
            server.Kill();
            File.Delete(script);
        }
    }

    private static (int Code, JsonElement Json, string Errors) Run(string arguments)
    {
        CommandLine run = CommandLine.Run(["modbus", .. arguments.Split(' ')]);
        JsonElement json = run.Output.StartsWith('{') ? JsonDocument.Parse(run.Output).RootElement : default;
        return (run.ExitCode, json, run.Errors);
    }

    private static async Task WithMeter(Action<int> action)
    {
        using ModbusHost host = new(
            0, new ModbusSettings { Framing = ModbusFraming.Tcp }, TariffFile.Load(
                "china-workplace-five-rates").Table, 1_150);
        host.Start();
        await While(host, () => action(host.Port));
    }

    private static async Task While(ModbusHost host, Action action)
    {
        using CancellationTokenSource cancel = new();
        Task serving = Task.Run(() => host.RunAsync(cancel.Token));
        try
        {
            action();
        }
        finally
        {
            await cancel.CancelAsync();
            await serving;
        }
    }

    private static void SkipWithout(string program, string arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.WaitForExit();
            if (program == Python && process.ExitCode != 0)
            {
                Assert.Inconclusive("skipped: pymodbus not found");
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Inconclusive($"skipped: {program} not found");
        }
    }

    private static string Program(string name, string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(name, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output + errors.Result;
    }
}
