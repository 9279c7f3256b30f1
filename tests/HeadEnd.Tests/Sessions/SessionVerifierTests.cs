using MeterFirmware.Tools.HeadEnds.Sessions;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Sessions;

/// <summary>People read the message's members; the signature is over the record in it. Both have to say one
/// thing.</summary>
[TestClass]
public sealed class SessionVerifierTests
{
    private static readonly byte[] _message = SignedSession.Message(17, 1_767_600_000, SignedSession.Key);

    [TestMethod]
    [DataRow("cost", "\"4.2501\"", "cost is not what the signed record says")]
    [DataRow("session", "18", "session is not")]
    [DataRow("endWh", "9000", "endWh is not")]
    [DataRow("token", "\"ffff\"", "token is not")]
    [DataRow("end", "\"2026-01-05T17:00:01+08:00\"", "end is not")]
    [DataRow("rates", "[]", "rates is not")]
    [DataRow("occupancyCost", null, "occupancyCost is not")]
    [DataRow("exports", "[{\"wh\":1,\"earned\":\"9.0000\"}]", "exports does not stand")]
    [DataRow("raw", null, "no signed record")]
    [DataRow("raw", "\"0g\"", "it cannot be read")]
    [DataRow("raw", "\"\"", "not signed")]
    [DataRow("raw", "7", "no signed record")]
    public void AMessageThatSaysSomethingElseThanItsRecordIsWrong(string member, string value, string told)
    {
        (string signature, string detail) = SessionVerifier.Check(
            SignedSession.With(_message, member, value), SignedSession.Key);
        Assert.AreEqual(SessionSignatures.Wrong, signature);
        StringAssert.StartsWith(detail, told);
    }

    [TestMethod]
    public void WhatTheFirmwareWroteIsValidAndWithoutAKeyNobodyKnows()
    {
        Assert.AreEqual((SessionSignatures.Valid, ""), SessionVerifier.Check(_message, SignedSession.Key));
        Assert.AreEqual((SessionSignatures.NoKey, ""), SessionVerifier.Check(_message, null));
        Assert.AreEqual(SessionSignatures.Valid,
            SessionVerifier.Check(SignedSession.With(_message, "later", "1"), SignedSession.Key).Signature,
            "a member that this version does not know is not of the record");
    }

    [TestMethod]
    public void ARecordOfWhichAnyByteWasChangedIsWrong()
    {
        string raw = System.Text.Json.Nodes.JsonNode.Parse(_message)!["raw"]!.GetValue<string>();
        for (int i = 0; i < raw.Length / 2; i++)
        {
            byte[] bytes = Convert.FromHexString(raw);
            bytes[i] ^= 1;
            Assert.AreEqual(SessionSignatures.Wrong, SessionVerifier.Check(SignedSession.With(
                _message, "raw", $"\"{Convert.ToHexStringLower(bytes)}\""), SignedSession.Key).Signature, $"byte {i}");
        }
    }
}
