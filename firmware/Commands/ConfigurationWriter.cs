using MeterFirmware.Basics;

namespace MeterFirmware.Commands;

/// <summary>Writes a configuration as the document that <see cref="ConfigurationReader"/> reads, without secrets.</summary>
public static class ConfigurationWriter
{
    public static void Write(ByteTextWriter writer, ConfigurationField[] fields, ConfigurationValues values)
    {
        writer.BeginObject();
        writer.Name("version");
        writer.Value(ConfigurationReader.Version);
        writer.Name("revision");
        writer.Value(values.Revision);
        string section = "";
        for (int i = 0; i < fields.Length; i++)
        {
            // A section's fields stand together in the schema, or the section is opened once more: not valid JSON for us.
            if (fields[i].Section != section)
            {
                if (section.Length > 0)
                {
                    writer.EndObject();
                }

                section = fields[i].Section;
                writer.Name(section);
                writer.BeginObject();
            }

            if (!fields[i].IsSecret)
            {
                writer.Name(fields[i].Name);
                WriteValue(writer, fields[i].Kind, values, i);
            }
        }

        if (section.Length > 0)
        {
            writer.EndObject();
        }

        writer.EndObject();
    }

    private static void WriteValue(ByteTextWriter writer, ConfigurationKind kind, ConfigurationValues values, int field)
    {
        if (kind == ConfigurationKind.Integer)
        {
            writer.Value(values.IntegerOf(field));
        }
        else if (kind == ConfigurationKind.Boolean)
        {
            writer.Value(values.IsTrue(field));
        }
        else
        {
            writer.ValueText(values.TextOf(field), 0, values.TextLengthOf(field));
        }
    }
}
