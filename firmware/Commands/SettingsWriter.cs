using MeterFirmware.Basics;

namespace MeterFirmware.Commands;

/// <summary>Writes settings as the document that <see cref="SettingsReader"/> reads, without secrets.</summary>
public static class SettingsWriter
{
    public static void Write(ByteTextWriter writer, SettingsSchema schema, SettingsValues values)
    {
        writer.BeginObject();
        writer.Name("version");
        writer.Value(SettingsReader.Version);
        writer.Name("revision");
        writer.Value(values.Revision);
        string section = "";
        for (int i = 0; i < schema.Count; i++)
        {
            SettingField field = schema.At(i);

            // A section's fields stand together in the schema. Otherwise the section would be opened twice: not valid
            // JSON for us.
            if (field.Section != section)
            {
                if (section.Length > 0)
                {
                    writer.EndObject();
                }

                section = field.Section;
                writer.Name(section);
                writer.BeginObject();
            }

            if (!field.IsSecret)
            {
                writer.Name(field.Name);
                WriteValue(writer, field.Kind, values, i);
            }
        }

        if (section.Length > 0)
        {
            writer.EndObject();
        }

        writer.EndObject();
    }

    private static void WriteValue(ByteTextWriter writer, SettingKind kind, SettingsValues values, int field)
    {
        if (kind == SettingKind.Integer)
        {
            writer.Value(values.IntegerOf(field));
        }
        else if (kind == SettingKind.Boolean)
        {
            writer.Value(values.IsTrue(field));
        }
        else
        {
            writer.ValueText(values.Bytes, values.TextOffsetOf(field), values.TextLengthOf(field));
        }
    }
}
