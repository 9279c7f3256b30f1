using MeterFirmware.Supervision;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Supervision;

[TestClass]
public class SntpQueryTests
{
    private const long Utc = 1_790_000_000;

    [TestMethod]
    public void OnePacketIsOneAnswerHoweverOftenTheClockIsRead()
    {
        Servers servers = new Servers { Answers = 1 };
        servers.Run(0, 3_600);
        Assert.IsFalse(servers.Time.IsSet);
        Assert.IsTrue(servers.AskedFirst > 100 && servers.AskedSecond > 100, "both are asked on");
    }

    [TestMethod]
    public void TwoServersThatAgreeSetTheClockAndAForgedAnswerDoesNotStayOnTheBoard()
    {
        Servers servers = new Servers { Answers = int.MaxValue };
        servers.Run(0, 60);
        Assert.IsTrue(servers.Time.IsSet);
        Assert.AreEqual(Utc + 60, servers.Read());
        Assert.AreEqual(TimeSource.Sntp, servers.Time.Source);

        // From now on one of them lies by two years; every answer stands alone.
        servers.SecondLiesBySeconds = 63_072_000;
        servers.Run(60, 36_000);
        Assert.AreEqual(Utc + 36_000, servers.Read());
        servers.Answers = 0;
        servers.Run(36_000, 40_000);

        // The answers are whole seconds, so the drift that they teach is one of a second in hours.
        long error = servers.Read() - (Utc + 40_000);
        Assert.IsTrue(error >= -1 && error <= 1, "a second at most");
        Assert.IsTrue(servers.Board.UtcSeconds > Utc, "and the board's own is put back");
    }

    /// <summary>Two servers, the platform's client and its clock, in steps of a second.</summary>
    private sealed class Servers : ISntpClient
    {
        private readonly SntpQuery _query;
        private int _asked;

        public Servers()
        {
            Time = new TimeKeeper(Board);
            _query = new SntpQuery(Board, Time, this);
        }

        public BoardClock Board { get; } = new BoardClock();

        public TimeKeeper Time { get; }

        public int Answers { get; set; }

        public int SecondLiesBySeconds { get; set; }

        public int AskedFirst { get; private set; }

        public int AskedSecond { get; private set; }

        public void Ask(int server)
        {
            _asked = server;
            AskedFirst += server == 1 ? 1 : 0;
            AskedSecond += server == 2 ? 1 : 0;
        }

        public void Run(int fromSecond, int toSecond)
        {
            for (int second = fromSecond; second <= toSecond; second++)
            {
                Time.Tick(second * 1_000L);
                _query.Tick(second * 1_000L);
                Board.UtcSeconds++;
                if (_asked != 0 && Answers > 0)
                {
                    Answers--;
                    Board.SetUtc(Utc + second + 1 + (_asked == 2 ? SecondLiesBySeconds : 0), 0);
                    _asked = 0;
                }
            }
        }

        public long Read()
        {
            Assert.IsTrue(Time.TryReadUtc(out long utcSeconds, out int _));
            return utcSeconds;
        }
    }
}
