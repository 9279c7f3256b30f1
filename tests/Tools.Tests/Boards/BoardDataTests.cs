using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using MeterFirmware.EvCharger;
using MeterFirmware.SiteController;
using MeterFirmware.SmartMeter;
using MeterFirmware.Tools.Generate;
using MeterFirmware.Tools.Generate.Boards;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Boards;

/// <summary>A board is data, and what does not fit is one error that names both sides.</summary>
[TestClass]
public sealed class BoardDataTests
{
    private const string ChargerStoreBytes = "8192";

    private static readonly string[] _meterRooms = ["History", "Carbon", "Calibration", "Quality", "Dlt645Meter"];

    private static readonly Repository _repository = Repository.Find(AppContext.BaseDirectory);

    /// <summary>The sums below the table mean something only then: boards/pe-sizes.json.</summary>
    [TestMethod]
    public void EveryRoomOfAnImageHasItsSize() =>
        Assert.DoesNotContain("| ? |", _repository.Read("boards/README.md"));

    [TestMethod]
    [DataRow("\"pulse\": { \"pin\": 25", "\"pulse\": { \"pin\": 26", 16, "pulse: pin 26 is relay's already, line 15")]
    [DataRow("\"pulse\": { \"pin\": 25", "\"pulse\": { \"pin\": 24", 16, "pulse: esp32 has no pin 24")]
    [DataRow("\"pulse\": { \"pin\": 25", "\"pulse\": { \"pin\": 40", 16, "pulse: esp32 has no pin 40")]
    [DataRow("\"pulse\": { \"pin\": 25", "\"pulse\": { \"pin\": 6", 16, "pulse: pin 6 is taken on esp32 by its flash")]
    [DataRow("\"pulse\": { \"pin\": 25", "\"pulse\": { \"pin\": 34", 16, "pulse: pin 34 of esp32 is an input only")]
    [DataRow("\"pulse\": { \"pin\": 25", "\"pulse\": { \"pin\": 12", 16,
        "pulse: esp32 samples pin 12 at reset: a \"note\" was expected that says why this does no harm")]
    [DataRow("\"blocks\": 53", "\"blocks\": 66", 10,
        "log: reserved blocks and folders up to here take 308 KB; the storage has 256 KB")]
    [DataRow("I2C1_CLOCK", "I2C2_CLOCK", 13, "i2cData: I2C1 lacks a pin for I2C1_CLOCK")]
    [DataRow("\"as\": \"I2C1_CLOCK\"", "\"as\": \"I2C1_DATA\"", 13,
        "i2cData: I2C1_DATA is i2cClock's already, line 14")]
    [DataRow("\"as\": \"I2C1_CLOCK\"", "\"as\": \"ADC1_CH0\"", 13, "i2cData: I2C1 lacks a pin for I2C1_CLOCK")]
    [DataRow("\"magnet\": { \"pin\": 13, \"as\": \"input\" }", "\"magnet\": { \"pin\": 13, \"as\": \"ADC1_CH0\" }", 19,
        "magnet: ADC1_CH0 of esp32 is pin 36, not 13")]
    [DataRow("\"as\": \"output\"", "\"as\": \"outputt\"", 15,
        "relay: input, output or a function such as I2C1_DATA was expected, not 'outputt'")]
    [DataRow("\"as\": \"output\"", "\"as\": \"\"", 15,
        "relay: input, output or a function such as I2C1_DATA was expected, not ''")]
    [DataRow("\"chip\": \"ade7953\", \"bus\": \"I2C1\"", "\"chip\": \"ade7953\", \"bus\": \"SPI1\"", 24,
        "ade7953: no pin of this board is SPI1's")]
    [DataRow("\"chip\": \"ade7953\"", "\"chip\": \"ade9999\"", 24,
        "ade9999: one of ade7880 on I2C or SPI, ade7953 on I2C or SPI, ade9000 on SPI, atm90e32 on SPI, "
        + "bl0942 on COM or SPI, cse7766 on COM, bl0937 on PULSES, hlw8012 on PULSES, hlw8032 on COM, ina219 on I2C, "
        + "ina226 on I2C, modbus on COM, ina219-binding on I2C was expected; ade9999 on I2C1 is not known")]
    [DataRow("\"chip\": \"esp32\"", "\"chip\": \"esp8266\"", 3,
        "chip: one of esp32, esp32-c3, esp32-wt32-eth01, esp32-s3-n8r8, stm32f769i-discovery (boards/chips.json) was "
        + "expected, not esp8266")]
    [DataRow("\"network\": \"wifi\"", "\"network\": \"lora\"", 5, "network: one of wifi, ethernet, none was expected")]
    [DataRow("\"reservedBlocks\"", "\"reserved\"", 8,
        "reserved: one of kilobytes, reservedBlocks, mayLoseTail, plan, folders was expected in storage")]
    [DataRow("\"plan\": \"Of4Megabytes\",", "", 1,
        "storage.plan: a meter's board names a plan of MeterPlan, such as Of4Megabytes")]
    [DataRow("\"pulse\"", "\"p-ulse\"", 16, "p-ulse: a name in camel case was expected")]
    [DataRow("\"Of4Megabytes\"", "\"of 4\"", 1, "storage.plan: the name of a method of MeterPlan was expected")]
    [DataRow("[{ \"folder\": \"log\", \"blocks\": 53, \"blockBytes\": 4096, \"smallBlocks\": 2 }]", "\"log\"", 10,
        "folders: a list was expected")]
    [DataRow("\"pulse\"", "\"relay\"", 16, "relay: stands in line 15 already, and may stand once")]
    public void WhatDoesNotFitNamesBothSides(string old, string mistake, int line, string message)
    {
        string text = _repository.Read("boards/Esp32DevKit/board.json");
        StringAssert.Contains(text, old);
        string wrong = new Regex(Regex.Escape(old)).Replace(text, mistake.Replace("$", "$$"), 1);
        CatalogueException e = Assert.ThrowsExactly<CatalogueException>(() => Make("Esp32DevKit", wrong));
        Assert.AreEqual($"boards/Esp32DevKit/board.json:{line}: {message}", e.Message);
    }

    [TestMethod]
    public void AFileCutAnywhereIsOneErrorThatNamesIt()
    {
        string text = _repository.Read("boards/Esp32ThreePhase/board.json").TrimEnd();
        for (int length = 0; length < text.Length; length++)
        {
            CatalogueException e = Assert.ThrowsExactly<CatalogueException>(
                () => Make("Esp32ThreePhase", text[..length]));
            StringAssert.StartsWith(e.Message, "boards/Esp32ThreePhase/board.json:");
        }
    }

    /// <summary>A value that is another's, or nobody's, is good or one error, whatever it is.</summary>
    [TestMethod]
    public void AnyValueInPlaceOfAnotherIsGoodOrOneError()
    {
        string[] strangers = ["null", "\"\"", "\"x\"", "0", "-1", "1.5", "99999999999", "true", "[]", "{}", "[{}]",
            "{\"x\": 1}", "\"\\ud800\"", "\"I2C\"", "\"SPI1\"", "\"PZ99\""];
        string text = _repository.Read("boards/Esp32ThreePhase/board.json");
        int refused = 0;

        // A value inside of another counts as well.
        MatchCollection values = Regex.Matches(text,
            "(?<=[:\\[,] ?)(?=(\"[^\"]*\"(?! ?:)|\\b\\d+|\\{[^{}]*\\}|\\[[^\\[\\]]*\\]))");
        foreach (Group value in values.Select(match => match.Groups[1]))
        {
            foreach (string stranger in strangers)
            {
                try
                {
                    Make("Esp32ThreePhase", text[..value.Index] + stranger + text[(value.Index + value.Length)..]);
                }
                catch (CatalogueException e)
                {
                    refused++;
                    StringAssert.StartsWith(e.Message, "boards/Esp32ThreePhase/board.json:");
                    Assert.DoesNotContain('\n', e.Message);
                }
            }
        }

        Assert.IsGreaterThan(800, refused);
    }

    /// <summary>What opens a bus, a chip or the network is handed on and not called: outputs come to rest first, and
    /// what is thrown ends in FAULT.TXT and a restart.</summary>
    [TestMethod]
    public void AProgramOpensNothingBeforeItsBoardRuns()
    {
        string[] programs = [.. Directory.GetDirectories(Path.Combine(Checkout.Root, "boards")).Select(folder =>
            Path.Combine(folder, "Program.cs")).Where(File.Exists)
            .Where(path => File.ReadAllText(path).Contains("Board.Drive", StringComparison.Ordinal))];
        Assert.IsGreaterThan(10, programs.Length);
        string[] calls = ["AssignFunctions", "Pins", "Plan"];
        string[] wrong = [.. programs.SelectMany(path => Regex.Matches(File.ReadAllText(path), @"Board\.(\w+)\(")
            .Select(match => match.Groups[1].Value).Where(call => !calls.Contains(call))
            .Select(call => $"{path}: Board.{call} is called"))];
        Assert.IsEmpty(wrong, string.Join(", ", wrong));
    }

    [TestMethod]
    public void AThreePhaseMeterHasASelectForEachPhase()
    {
        string text = _repository.Read("boards/Esp32ThreePhase/board.json");
        CatalogueException e = Assert.ThrowsExactly<CatalogueException>(
            () => Make("Esp32ThreePhase", text.Replace(", \"selectL3\"]", "]")));
        StringAssert.EndsWith(e.Message, "ade7953: 3 selects were expected, one a chip; there are 2");
        Assert.AreEqual(3, BoardOutputs.Load(_repository, "Esp32ThreePhase").PhaseCount);
    }

    /// <summary>Three phases are three chips with a select each, or one chip that measures all three.</summary>
    [TestMethod]
    [DataRow("\"ade7953\", \"bus\": \"SPI1\", \"selects\": [\"selectL1\", \"selectL2\", \"selectL3\"]",
        "\"atm90e32\", \"bus\": \"SPI1\", \"selects\": [\"selectL1\"]",
        "sensors.Add(\"atm90e32\", new Atm90e32Maker(new IRegisterBus[]\n        {\n"
        + "            new SpiRegisterBus(1, SelectL1, Atm90e32Maker.SpiHertz, Atm90e32Maker.SpiMode),\n        }));")]
    [DataRow("\"ade7953\"", "\"atm90e32\"", "!atm90e32: 1 selects were expected, one a chip; there are 3")]
    [DataRow("\"ade7953\", \"bus\": \"SPI1\", \"selects\": [\"selectL1\", \"selectL2\", \"selectL3\"]",
        "\"bl0942\", \"bus\": \"COM2\"", "!bl0942: one chip on COM2 measures 1 of this board's 3 phases")]
    public void ChipsAndSelectsFitThePhases(string old, string made, string expected)
    {
        string text = _repository.Read("boards/Esp32ThreePhase/board.json");
        StringAssert.Contains(text, old);
        string changed = text.Replace(old, made);
        if (expected[0] != '!')
        {
            StringAssert.Contains(Make("Esp32ThreePhase", changed), expected);
            return;
        }

        CatalogueException e = Assert.ThrowsExactly<CatalogueException>(() => Make("Esp32ThreePhase", changed));
        StringAssert.EndsWith(e.Message, expected[1..]);
    }

    /// <summary>A chip on a serial line needs no select, and each name of the table finds its maker.</summary>
    [TestMethod]
    [DataRow("bl0942", "new Bl0942Maker(new SerialPortLine(\"COM2\", false))")]
    [DataRow("cse7766", "new Cse7766Maker(new SerialPortLine(\"COM2\", false), false)")]
    [DataRow("hlw8032", "new Cse7766Maker(new SerialPortLine(\"COM2\", false), true)")]
    public void AChipOnASerialLineIsRegisteredByItsName(string chip, string maker)
    {
        string text = _repository.Read("boards/Esp32SiteController/board.json");
        string code = Make("Esp32SiteController", text.Replace("\"chip\": \"ade7953\", \"bus\": \"I2C1\"",
            $"\"chip\": \"{chip}\", \"bus\": \"COM2\""));
        StringAssert.Contains(code, $"sensors.Add(\"{chip}\", {maker});");
    }

    /// <summary>A chip with pulse outputs has no bus: two inputs that the hardware counts, and a select pin.</summary>
    [TestMethod]
    [DataRow("\"cover\", \"magnet\", \"relay\"", "new Hlw8012Maker(\n            new GpioPulses(Cover), "
        + "new GpioPulses(Magnet), new GpioSelect(Relay), true)")]
    [DataRow("\"cover\", \"relay\", \"relay\"", "!bl0937: select relay: an input pin of that name was expected")]
    [DataRow("\"cover\", \"magnet\"",
        "!bl0937: two inputs and an output were expected as its selects, CF, CF1, SEL, on a single-phase board")]
    public void AChipWithPulseOutputsIsCountedByItsPins(string selects, string expected)
    {
        string text = _repository.Read("boards/Esp32DevKit/board.json").Replace("\"ade7953\", \"bus\": \"I2C1\"",
            $"\"bl0937\", \"bus\": \"PULSES\", \"selects\": [{selects}]");
        if (expected[0] != '!')
        {
            StringAssert.Contains(Make("Esp32DevKit", text), expected);
            return;
        }

        CatalogueException e = Assert.ThrowsExactly<CatalogueException>(() => Make("Esp32DevKit", text));
        StringAssert.EndsWith(e.Message, expected[1..]);
    }

    /// <summary>FRAM and a battery clock of a board are checked as its pins are.</summary>
    [TestMethod]
    [DataRow("\"blocks\": 6", "\"blocks\": 8",
        "fram: 8 blocks of 4096 bytes were expected to fit 32 KB; each has 4078")]
    [DataRow("\"fram\": { \"bus\": \"I2C1\"", "\"fram\": { \"bus\": \"SPI1\"",
        "fram: an I2C bus was expected, not SPI1")]
    [DataRow("\"fram\": { \"bus\": \"I2C1\"", "\"fram\": { \"bus\": \"I2C2\"", "fram: no pin of this board is I2C2's")]
    [DataRow("ds3231", "ds1307", "clock: one of ds3231, pcf8563, rx8025sa, rx8025t was expected, not ds1307")]
    public void MemoryAndClockFitTheBoard(string old, string made, string expected)
    {
        string text = _repository.Read("boards/Esp32FramClock/board.json");
        StringAssert.Contains(text, old);
        CatalogueException e = Assert.ThrowsExactly<CatalogueException>(
            () => Make("Esp32FramClock", text.Replace(old, made)));
        StringAssert.EndsWith(e.Message, expected);
        string code = Make("Esp32FramClock", text.Replace("ds3231", "rx8025t"));
        StringAssert.Contains(code, "new WatchedClock(new Rx8025Clock(new I2cRegisterBus(1, 0x32)))");
        StringAssert.Contains(code, "FramSettings { CapacityBytes = 32768, BlockCount = 6 }");
    }

    /// <summary>A board's project refers to the makers of the chips that its data names, and to no other.</summary>
    [TestMethod]
    public void AnImageCarriesTheChipsThatItsDataNames()
    {
        foreach (BoardData board in Boards())
        {
            string[] named = [.. board.Sensors.Select(sensor => SensorKinds.Find(sensor.Chip).Room)
                .Distinct().Order(StringComparer.Ordinal)];
            string[] carried = [.. Regex.Matches(_repository.Read(ImageTable.ProjectOf(board.Name)),
                "Sensors/(\\w+)/Sensor").Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)];
            CollectionAssert.AreEqual(named, carried, board.Name);
        }
    }

    /// <summary>board.json says what the product's files take; the product says so itself.</summary>
    [TestMethod]
    public void TheFlashPlanOfABoardIsItsProducts()
    {
        int meters = 0;
        int sites = 0;
        foreach (BoardData board in Boards())
        {
            BoardFolder log = board.Folders.FirstOrDefault(folder => folder.Folder == "log");
            switch (board.Product)
            {
                case "meter":
                    meters++;
                    MeterPlan plan = (MeterPlan)typeof(MeterPlan).GetMethod(board.Plan).Invoke(null, null);
                    Assert.AreEqual(plan.BlockCount, log.Blocks, board.Name);
                    Assert.AreEqual(plan.BlockBytes, log.BlockBytes, board.Name);
                    break;
                case "charger":
                    Assert.AreEqual(ChargerPlan.BlockCount, log.Blocks, board.Name);
                    StringAssert.Contains(_repository.Read("boards/ChargerDevice/ChargerBoard.cs"),
                        $"BlockBytes = {ChargerStoreBytes};");
                    Assert.AreEqual(ChargerStoreBytes, log.BlockBytes.ToString());
                    break;
                case "site":
                    sites++;
                    BoardFolder site = board.Folders.First(folder => folder.Folder == "site");
                    Assert.AreEqual(SiteFlashPlan.BlockCount, site.Blocks, board.Name);
                    StringAssert.Contains(_repository.Read("boards/Esp32SiteController/SiteBoard.cs"),
                        $"BlockBytes = {site.BlockBytes};");
                    break;
            }
        }

        Assert.IsGreaterThanOrEqualTo(4, meters);
        Assert.IsGreaterThanOrEqualTo(1, sites);
    }

    /// <summary>What a product does not use is not in its image.</summary>
    [TestMethod]
    public void AnImageCarriesNoOtherProductsRooms()
    {
        ProjectTree tree = new(_repository);
        foreach (BoardData board in Boards())
        {
            string[] strangers = board.Product switch
            {
                "meter" => ["EvCharger", "ChargerSafety", "Charging", "SiteBus", "SiteController"],
                "charger" => ["SmartMeter", "SiteController", .. _meterRooms],
                _ => ["SmartMeter", "EvCharger", "ChargerSafety", .. _meterRooms],
            };
            string[] carried = [.. tree.ReachedFrom(ImageTable.ProjectOf(board.Name))
                .Select(project => Path.GetFileNameWithoutExtension(project))];
            string[] found = [.. carried.Intersect(strangers)];
            Assert.IsEmpty(found, $"{board.Name}: {string.Join(", ", found)}");
        }
    }

    /// <summary>The wiring of a README is the wiring of the firmware.</summary>
    [TestMethod]
    public void TheReadmeOfABoardNamesEachOfItsPins()
    {
        foreach (BoardData board in Boards())
        {
            string readme = _repository.Read($"boards/{board.Name}/README.md");
            string[] rows = [.. readme.Split('\n').Where(row => row.StartsWith('|'))];
            foreach (BoardPin pin in board.Pins)
            {
                Assert.IsTrue(rows.Any(row => Regex.IsMatch(row.Split('|')[1], $@"(?<!\d){pin.Pin}(?!\d)")),
                    $"{board.Name}: {pin.Name} on pin {pin.Pin} has no row in the pin map of its README");
            }
        }
    }

    [TestMethod]
    public void EveryFolderWithADeploymentImageIsData()
    {
        string root = Path.GetDirectoryName(FolderOf("MeterFirmware.sln"));
        string boards = Path.Combine(root, "boards");
        foreach (string project in Directory.GetFiles(boards, "*.csproj", SearchOption.AllDirectories))
        {
            if (File.ReadAllText(project).Contains("<DeploymentImage>true"))
            {
                Assert.IsTrue(File.Exists(Path.Combine(Path.GetDirectoryName(project), "board.json")), project);
            }
        }
    }

    private static BoardData[] Boards() =>
        [.. BoardOutputs.BoardsOf(_repository).Select(name => BoardOutputs.Load(_repository, name))];

    private static string Make(string name, string text) =>
        BoardOutputs.Make(name, $"boards/{name}/board.json", text, _repository.Read("boards/chips.json"));

    private static string FolderOf(string file)
    {
        string at = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(at, file)))
        {
            at = Path.GetDirectoryName(at);
        }

        return Path.Combine(at, file);
    }
}
