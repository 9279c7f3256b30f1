using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Reflection.Emit;
using MeterFirmware.Boards.Simulator.Scenarios;
using MeterFirmware.ChargerSafety;
using MeterFirmware.EvCharger;
using MeterFirmware.Hardware;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.ChargerSafety;

/// <summary>
/// What protects stands alone: the compiler keeps everything else out of its assembly by the references, and these
/// rules keep it out of everything else's hands. They read the compiled code, so no comment has to be believed.
/// </summary>
[TestClass]
public class SafetyBoundaryTests
{
    private const string Own = "MeterFirmware.";

    private static readonly Assembly _safety = typeof(SafetyLoop).Assembly;
    private static readonly Assembly _product = typeof(EvChargerProduct).Assembly;

    [TestMethod]
    public void TheSafetyCoreKnowsBasicsAndHardwareOnly()
    {
        string[] known = ReachedFrom(_safety).OrderBy(name => name, StringComparer.Ordinal).ToArray();
        CollectionAssert.AreEqual(new[] { "MeterFirmware.Basics", "MeterFirmware.Hardware" }, known);
    }

    [TestMethod]
    public void WhatTheExplorersWalkIsTheSafetyCoresOwn()
    {
        Type[] types = [typeof(ChargeController), typeof(ChargeState), typeof(ClosingCondition), typeof(LoopMonitor)];
        foreach (Type type in types)
        {
            Assert.AreSame(_safety, type.Assembly, type.Name);
        }

        PropertyInfo explored = typeof(ChargerScenarioRunner).GetProperty(nameof(ChargerScenarioRunner.Controller));
        Assert.AreSame(_safety, explored.PropertyType.Assembly);
    }

    [TestMethod]
    public void NobodyElseDrivesContactorPilotTestWindingOrGuard()
    {
        HashSet<string> drives =
        [
            $"{nameof(IContactor)}.{nameof(IContactor.TrySet)}",
            $"{nameof(IContactor)}.{nameof(IContactor.TripUpstream)}",
            $"{nameof(IControlPilot)}.{nameof(IControlPilot.TrySetDuty)}",
            $"{nameof(IResidualCurrentMonitor)}.{nameof(IResidualCurrentMonitor.SetTest)}",
            $"{nameof(ITickAlive)}.{nameof(ITickAlive.Feed)}",
        ];
        List<string> found = [];
        foreach ((MethodBase method, OpCode code, MemberInfo used) in Uses(_product))
        {
            string name = $"{used.DeclaringType?.Name}.{used.Name}";
            if (code.FlowControl == FlowControl.Call && drives.Contains(name))
            {
                found.Add($"{method.DeclaringType}.{method.Name} calls {name}");
            }
        }

        Assert.IsEmpty(found, string.Join('\n', found));
        Assert.Contains(drives.First(), Uses(_safety).Select(use => $"{use.Used.DeclaringType?.Name}.{use.Used.Name}"));
    }

    [TestMethod]
    public void NobodyElseWritesWhatTheSafetyCoreRemembers()
    {
        List<string> found = [];
        int reads = 0;
        foreach ((MethodBase method, OpCode code, MemberInfo used) in Uses(_product))
        {
            if (used is FieldInfo && used.DeclaringType == typeof(ChargeState))
            {
                reads++;
                if (code == OpCodes.Stfld || code == OpCodes.Ldflda || used.Name == nameof(ChargeState.FaultMs))
                {
                    found.Add($"{method.DeclaringType}.{method.Name} writes {used.Name}");
                }
            }
        }

        Assert.IsEmpty(found, string.Join('\n', found));
        Assert.IsGreaterThan(0, reads, "the product reads the state");
    }

    private static HashSet<string> ReachedFrom(Assembly assembly)
    {
        HashSet<string> reached = [];
        foreach (AssemblyName name in assembly.GetReferencedAssemblies())
        {
            if (name.Name.StartsWith(Own, StringComparison.Ordinal))
            {
                reached.Add(name.Name);
                reached.UnionWith(ReachedFrom(Assembly.Load(name)));
            }
        }

        return reached;
    }

    // Every instruction of an assembly that names a field or a method.
    private static IEnumerable<(MethodBase Method, OpCode Code, MemberInfo Used)> Uses(Assembly assembly)
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static
            | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        foreach (Type type in assembly.GetTypes())
        {
            foreach (MethodBase method in type.GetMethods(All).Concat<MethodBase>(type.GetConstructors(All)))
            {
                byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
                foreach ((OpCode opCode, int token) in Instructions(code))
                {
                    yield return (method, opCode, method.Module.ResolveMember(token));
                }
            }
        }
    }

    // ECMA-335, partition III: an opcode is one byte, or two that begin with FE; its kind says how much follows.
    private static IEnumerable<(OpCode Code, int Token)> Instructions(byte[] code)
    {
        for (int at = 0; at < code.Length;)
        {
            int value = code[at++];
            value = value == 0xFE ? 0xFE00 | code[at++] : value;
            if (!_opCodes.TryGetValue(value, out OpCode opCode))
            {
                throw new InvalidDataException($"opcode {value:x}");
            }

            if (opCode.OperandType is OperandType.InlineField or OperandType.InlineMethod)
            {
                yield return (opCode, BitConverter.ToInt32(code, at));
            }

            at += opCode.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
                _ => 4,
            };
        }
    }

    private static readonly Dictionary<int, OpCode> _opCodes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null))
        .ToDictionary(code => code.Value & 0xFFFF);
}
