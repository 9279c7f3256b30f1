using Microsoft.AspNetCore.Authentication;

namespace MeterFirmware.Tools.HeadEnds.Web.Accounts;

/// <summary>Nothing to choose.</summary>
public sealed class TokenOptions : AuthenticationSchemeOptions;
